import { DEFAULT_MEMORY_LIMITS, largestModelBytes } from "../../src/models/memory-budget.ts";

/**
 * Checks whether a Worker with the default memory limits could load a network.
 *
 * @param bytes - size of its graph, as it is or as it is expected to be
 * @param what - what the size is that of, such as "In int8, this network"
 * @returns a note for the user without a full stop; undefined if it could
 */
export function noteSize(bytes: number, what: string): string | undefined {
  const largest = largestModelBytes(DEFAULT_MEMORY_LIMITS);
  if (bytes <= largest) return undefined;
  return `${what} has about ${formatMegabytes(bytes)}, but with the default limits a Worker loads at most ${formatMegabytes(largest)} (docs/registry.md#memory)`;
}

function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
