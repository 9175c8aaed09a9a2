/** Writes a Vega-Lite chart as SVG. */
import { writeFile } from "node:fs/promises";
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

export async function writeChart(path: URL | string, spec: TopLevelSpec): Promise<void> {
  const { spec: compiled } = compile(spec, {
    config: { background: "white", font: "system-ui, sans-serif" },
  });
  const view = new vega.View(vega.parse(compiled), { renderer: "none" });
  await writeFile(path, `${await view.toSVG()}\n`);
}
