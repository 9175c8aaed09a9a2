/** Whether a Worker has memory for a network, before anybody waits for one that it never loads. */

import { ENGINES, type EngineName } from "../../src/inference/engines/engine.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { largestModelBytes, type MemoryLimits } from "../../src/models/memory-budget.ts";
import { versionName } from "../../src/models/version-ref.ts";
import { CliError, type CliErrorCode } from "../cli-error.ts";
import { enginesOf } from "../models/engines-of.ts";

/**
 * Checks that a Worker with no other network in memory would load a model, with each engine that it has a file for.
 *
 * @throws CliError with the given code
 */
export function requireRoom(
  manifest: ModelManifest,
  limits: MemoryLimits,
  code: CliErrorCode = "MODEL_TOO_LARGE",
): void {
  for (const engine of enginesOf(manifest)) {
    const why = explainNoRoom(manifest, limits, engine);
    if (why === undefined) continue;
    throw new CliError(code, {
      what: `No Worker would load ${versionName(manifest)} with ${ENGINES[engine].title}.`,
      why,
      fix: "Quantize it to int8 if it is float32, or use a smaller network. If the Worker has room, raise both limits in wrangler.toml: an isolate has 128 MB for everything (docs/registry.md#memory).",
    });
  }
}

/**
 * Says why no Worker would load a model with an engine.
 *
 * @returns undefined if one would, or if the model has no file for the engine
 */
export function explainNoRoom(
  { files }: ModelManifest,
  limits: MemoryLimits,
  engine: EngineName,
): string | undefined {
  const bytes = files[ENGINES[engine].file]?.bytes ?? 0;
  const largest = largestModelBytes(limits, ENGINES[engine]);
  if (bytes <= largest) return undefined;
  return `Its file for ${ENGINES[engine].title} has ${formatMegabytes(bytes)}, and with MODEL_MEMORY_BYTES = ${limits.modelBytes} and MODEL_HEAP_BYTES = ${limits.heapBytes} a Worker loads at most ${formatMegabytes(largest)}.`;
}

function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
