/** Whether there is memory for another network: for its file beside those of others, and in ONNX Runtime's heap. */
import { ModelError } from "../errors.ts";

/** Before anything is loaded. */
const EMPTY_HEAP_BYTES = 17_000_000;
/** What a network of so many bytes takes while it is loaded: the file, its weights, some in another order. */
const LOADING_FACTOR = 2.5;
/** And for its activations. */
const ACTIVATION_BYTES = 10_000_000;
/** What it takes afterwards, beside as much as its file has: activations, the graph. */
const HELD_BYTES = 6_000_000;

/** How much there is. */
export type MemoryLimits = {
  /** For the files of the networks that are loaded at once. */
  readonly modelBytes: number;
  /** For ONNX Runtime's heap. */
  readonly heapBytes: number;
};

/** What is taken. */
export type MemoryUse = {
  /** Sizes of the files of the networks that are loaded. */
  readonly heldBytes: readonly number[];
  /** Present size of the heap. */
  readonly heapBytes: number;
};

/**
 * Estimates how large the heap would be with one network more. The heap never shrinks: what released
 * networks have left is reused, but the largest size so far stays.
 *
 * Measured by npm run eval:quantize and npm run bench:heap: docs/registry.md#memory.
 *
 * @param newBytes - of the new network's file
 */
export function estimateHeap(newBytes: number, { heldBytes, heapBytes }: MemoryUse): number {
  const held = heldBytes.reduce((sum, bytes) => sum + bytes + HELD_BYTES, EMPTY_HEAP_BYTES);
  return Math.max(heapBytes, held + LOADING_FACTOR * newBytes + ACTIVATION_BYTES);
}

/**
 * Says what there is too little of for a network.
 *
 * @param model - `id@version`
 * @param newBytes - of its file
 * @returns a ModelError MODEL_BUDGET; undefined where there is room
 */
export function findLack(
  model: string,
  newBytes: number,
  use: MemoryUse,
  limits: MemoryLimits,
): ModelError | undefined {
  const held = use.heldBytes.reduce((sum, bytes) => sum + bytes, 0);
  if (held + newBytes > limits.modelBytes) {
    return new ModelError(
      "MODEL_BUDGET",
      `There is no memory for model ${model}: it takes ${newBytes} bytes of a budget of ${limits.modelBytes}, of which models in use hold ${held}. Try again when they are idle, or raise MODEL_MEMORY_BYTES.`,
      { details: { neededBytes: held + newBytes, budgetBytes: limits.modelBytes } },
    );
  }
  const needed = estimateHeap(newBytes, use);
  if (needed <= limits.heapBytes) return undefined;
  return new ModelError(
    "MODEL_BUDGET",
    `There is no memory for model ${model}: with it the heap would have ${needed} bytes of ${limits.heapBytes}, and ONNX Runtime gives none back. Models in use go on answering. Ask one of them, publish a smaller model, or raise MODEL_HEAP_BYTES.`,
    { details: { neededBytes: needed, budgetBytes: limits.heapBytes } },
  );
}
