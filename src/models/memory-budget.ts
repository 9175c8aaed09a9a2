/** Whether there is memory for another network: within the limit on model files, and in ONNX Runtime's heap. */
import { ModelError } from "../errors.ts";

/** Heap size before any network is loaded. */
const EMPTY_HEAP_BYTES = 17_000_000;
/** Heap use while a network is loaded, per byte of its file: its weights, some of them reordered. */
const LOADING_FACTOR = 1.1;
/** Additional heap use for the graph and the activations. */
const ACTIVATION_BYTES = 8_000_000;
/** Heap use of a loaded network, per byte of its file: weights, activations, the graph, and gaps. */
const HELD_FACTOR = 1.4;

export type MemoryLimits = {
  /** Maximum total size of the files of the loaded networks. */
  readonly modelBytes: number;
  /** Maximum size of ONNX Runtime's heap. */
  readonly heapBytes: number;
};

/** An isolate of 128 MB also holds the application, images and the bodies of requests. */
export const DEFAULT_MEMORY_LIMITS: MemoryLimits = {
  modelBytes: 24 * 1024 * 1024,
  heapBytes: 64_000_000,
};

export type MemoryUse = {
  /** File sizes of the loaded networks. */
  readonly heldBytes: readonly number[];
  /** Current size of the heap. */
  readonly heapBytes: number;
};

/**
 * Estimates the size of the heap with one more network. The heap never shrinks: the memory of released
 * networks is reused, but the heap keeps its largest size.
 *
 * Source: measurements with npm run eval:quantize and npm run bench:heap, see docs/registry.md#memory.
 *
 * @param newBytes - file size of the new network
 */
export function estimateHeap(newBytes: number, { heldBytes, heapBytes }: MemoryUse): number {
  const held = heldBytes.reduce((sum, bytes) => sum + HELD_FACTOR * bytes, EMPTY_HEAP_BYTES);
  return Math.max(heapBytes, held + LOADING_FACTOR * newBytes + ACTIVATION_BYTES);
}

/**
 * Returns the size of the largest network file that can be loaded if no other network is in memory.
 *
 * @returns bytes; 0 if the heap has no room for any
 */
export function largestModelBytes({ modelBytes, heapBytes }: MemoryLimits): number {
  const room = Math.floor((heapBytes - EMPTY_HEAP_BYTES - ACTIVATION_BYTES) / LOADING_FACTOR);
  return Math.max(0, Math.min(modelBytes, room));
}

/**
 * Explains why there is no memory for a network.
 *
 * @param model - `id@version`
 * @param newBytes - size of its file
 * @returns a ModelError MODEL_BUDGET; undefined if there is enough memory
 */
export function explainShortage(
  model: string,
  newBytes: number,
  use: MemoryUse,
  limits: MemoryLimits,
): ModelError | undefined {
  const held = use.heldBytes.reduce((sum, bytes) => sum + bytes, 0);
  if (held + newBytes > limits.modelBytes) {
    return new ModelError(
      "MODEL_BUDGET",
      `There is no memory for model ${model}: its file has ${newBytes} bytes, but models in use already hold ${held} bytes of the limit of ${limits.modelBytes}. Try again when they are idle, or raise MODEL_MEMORY_BYTES.`,
      { details: { neededBytes: held + newBytes, budgetBytes: limits.modelBytes } },
    );
  }
  const needed = estimateHeap(newBytes, use);
  if (needed <= limits.heapBytes) return undefined;
  return new ModelError(
    "MODEL_BUDGET",
    `There is no memory for model ${model}: it would grow the heap of ONNX Runtime to ${needed} bytes, but the limit is ${limits.heapBytes}, and the heap never shrinks. Use a model that is already loaded, publish a smaller model, or raise MODEL_HEAP_BYTES.`,
    { details: { neededBytes: needed, budgetBytes: limits.heapBytes } },
  );
}
