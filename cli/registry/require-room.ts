/** Whether a Worker has memory for a network, before anybody waits for one that it never loads. */

import type { ModelManifest } from "../../src/models/manifest.ts";
import { largestModelBytes, type MemoryLimits } from "../../src/models/memory-budget.ts";
import { versionName } from "../../src/models/version-ref.ts";
import { CliError, type CliErrorCode } from "../cli-error.ts";

/**
 * Checks that a Worker with no other network in memory would load a model.
 *
 * @throws CliError with the given code
 */
export function requireRoom(
  manifest: ModelManifest,
  limits: MemoryLimits,
  code: CliErrorCode = "MODEL_TOO_LARGE",
): void {
  const { bytes } = manifest.files.model;
  const largest = largestModelBytes(limits);
  if (bytes <= largest) return;
  throw new CliError(code, {
    what: `No Worker would load ${versionName(manifest)}.`,
    why: `Its network has ${formatMegabytes(bytes)}, and with MODEL_MEMORY_BYTES = ${limits.modelBytes} and MODEL_HEAP_BYTES = ${limits.heapBytes} a Worker loads at most ${formatMegabytes(largest)}.`,
    fix: "Quantize it to int8 if it is float32, or use a smaller network. If the Worker has room, raise both limits in wrangler.toml: an isolate has 128 MB for everything (docs/registry.md#memory).",
  });
}

function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
