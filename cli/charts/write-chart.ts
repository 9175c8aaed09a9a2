/** Draws Vega-Lite charts as SVG. */
import { writeFile } from "node:fs/promises";
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

/** @returns an SVG element */
export function drawChart(spec: TopLevelSpec): Promise<string> {
  const { spec: compiled } = compile(spec, {
    config: { background: "white", font: "system-ui, sans-serif" },
  });
  return new vega.View(vega.parse(compiled), { renderer: "none" }).toSVG();
}

export async function writeChart(path: URL | string, spec: TopLevelSpec): Promise<void> {
  await writeFile(path, `${await drawChart(spec)}\n`);
}
