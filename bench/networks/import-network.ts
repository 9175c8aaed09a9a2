/**
 * `node bench/networks/import-network.ts NAME FILE FOLDER PHOTOS COUNT`: takes one network through `model pull` and
 * `model quantize` in a process that does nothing else, so that its largest memory is that of the commands. Prints
 * one line of JSON, an {@link Import}.
 */
import { join } from "node:path";
import { pull } from "../../cli/commands/model/pull.ts";
import { quantize } from "../../cli/commands/model/quantize.ts";
import type { QuantizeReport } from "../../cli/quantize/describe-quantized.ts";
import { ExplainedError, fullMessage } from "../../src/errors.ts";

/** What became of a network. */
export type Import = {
  /** Folder in float32; undefined if `model pull` refused the network. */
  readonly float?: string;
  /** Undefined if `model quantize` refused it. */
  readonly quantized?: QuantizeReport;
  /** Why a command refused it. */
  readonly problem?: string;
  /** CPU time of `model quantize`. */
  readonly seconds?: number;
  /** The most memory that the process held. */
  readonly peakBytes: number;
};

/** Sides that networks are usually trained for. */
const SIDES = ["224", "299", "240", "256", "192", "160", "128"];

if (import.meta.main) {
  const [name = "", file = "", folder = "", photos = "", count = ""] = process.argv.slice(2);
  const result = await importNetwork(name, file, join(folder, name), photos, count);
  // Linux gives kilobytes.
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ ...result, peakBytes } satisfies Import));
}

async function importNetwork(
  name: string,
  file: string,
  folder: string,
  photos: string,
  count: string,
): Promise<Omit<Import, "peakBytes">> {
  const float = `${folder}-float`;
  try {
    await pullAtAnySide(name, file, float);
    const before = process.cpuUsage();
    const words = [float, "--images", photos, "--count", count, "--out", folder, "--json"];
    const { result } = await quantize.run(words);
    const { user, system } = process.cpuUsage(before);
    return { float, quantized: result as QuantizeReport, seconds: (user + system) / 1e6 };
  } catch (error) {
    return { problem: describe(error) };
  }
}

/** Pulls a network whose input size is not known. */
export async function pullAtAnySide(name: string, file: string, out: string): Promise<void> {
  let refusal: unknown;
  for (const side of SIDES) {
    try {
      const resize = String(Math.round((Number(side) * 256) / 224));
      const facts = ["--input-size", side, "--resize", resize];
      await pull.run([name, "--from", file, ...facts, "--out", out, "--json"]);
      return;
    } catch (error) {
      refusal ??= error;
    }
  }
  throw refusal;
}

/** Any error in one line. */
export function describe(error: unknown): string {
  return error instanceof ExplainedError ? `${error.code}: ${error.why}` : fullMessage(error);
}
