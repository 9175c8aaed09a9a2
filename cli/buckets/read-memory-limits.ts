import { unstable_readConfig as readConfig } from "wrangler";
import { DEFAULT_MEMORY_LIMITS, type MemoryLimits } from "../../src/models/memory-budget.ts";
import { CliError } from "../cli-error.ts";

/**
 * Reads how much memory a Worker has for networks: MODEL_MEMORY_BYTES and MODEL_HEAP_BYTES under [vars].
 *
 * @param configPath - of wrangler.toml
 * @throws CliError FILE_INVALID if one of them is not a number of bytes
 */
export function readMemoryLimits(configPath: string): MemoryLimits {
  const { vars } = readConfig({ config: configPath }, { hideWarnings: true });
  const read = (name: string, fallback: number): number => {
    const value: unknown = vars[name] ?? fallback;
    const bytes = Number(value);
    if (value !== "" && Number.isInteger(bytes) && bytes > 0) return bytes;
    throw new CliError("FILE_INVALID", {
      what: `${configPath} has an invalid ${name}.`,
      why: `It is ${JSON.stringify(value)}, not a number of bytes.`,
      fix: `Write digits, such as ${name} = "${fallback}", or remove the line to use this default.`,
    });
  };
  return {
    modelBytes: read("MODEL_MEMORY_BYTES", DEFAULT_MEMORY_LIMITS.modelBytes),
    heapBytes: read("MODEL_HEAP_BYTES", DEFAULT_MEMORY_LIMITS.heapBytes),
  };
}
