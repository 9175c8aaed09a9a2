/** Whether there is memory for another network: within the limit on model files, and in the heap of the engine. */
import { ModelError } from "../errors.ts";
import { ENGINES, type Engine } from "../inference/engines/engine.ts";

/** The limits of each engine, which has its own heap. */
export type MemoryLimits = {
  /** Maximum total size of the files of the loaded networks. */
  readonly modelBytes: number;
  /** Maximum size of the heap. */
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
 * @param newBytes - file size of the new network
 */
export function estimateHeap(
  newBytes: number,
  { heldBytes, heapBytes }: MemoryUse,
  { heap }: Engine = ENGINES.onnxruntime,
): number {
  const held = heldBytes.reduce(
    (sum, bytes) => sum + heap.heldFactor * bytes + heap.heldBytes,
    heap.baseBytes,
  );
  const loading = heap.loadingFactor * newBytes + heap.activationBytes;
  return Math.max(heapBytes, heap.startBytes, held + loading);
}

/**
 * Returns the size of the largest network file that can be loaded if no other network is in memory.
 *
 * @returns bytes; 0 if the heap has no room for any
 */
export function largestModelBytes(
  { modelBytes, heapBytes }: MemoryLimits,
  { heap }: Engine = ENGINES.onnxruntime,
): number {
  if (heapBytes < heap.startBytes) return 0;
  const free = heapBytes - heap.baseBytes - heap.activationBytes;
  const room = Math.floor(free / heap.loadingFactor);
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
  engine: Engine = ENGINES.onnxruntime,
): ModelError | undefined {
  const held = use.heldBytes.reduce((sum, bytes) => sum + bytes, 0);
  if (held + newBytes > limits.modelBytes) {
    return new ModelError(
      "MODEL_BUDGET",
      `There is no memory for model ${model}: its file has ${newBytes} bytes, but models in use already hold ${held} bytes of the limit of ${limits.modelBytes}. Try again when they are idle, or raise MODEL_MEMORY_BYTES.`,
      { details: { neededBytes: held + newBytes, budgetBytes: limits.modelBytes } },
    );
  }
  const needed = estimateHeap(newBytes, use, engine);
  if (needed <= limits.heapBytes) return undefined;
  return new ModelError(
    "MODEL_BUDGET",
    `There is no memory for model ${model}: it would grow the heap of ${engine.title} to ${needed} bytes, but the limit is ${limits.heapBytes}, and the heap never shrinks. Use a model that is already loaded, publish a smaller model, or raise MODEL_HEAP_BYTES.`,
    { details: { neededBytes: needed, budgetBytes: limits.heapBytes } },
  );
}

/** A network, the engine that runs it, and the size of its file for that engine. */
export type SizedNetwork = {
  /** `id@version` */
  readonly name: string;
  readonly engine: Engine;
  readonly bytes: number;
};

/**
 * Explains why there is no memory for two networks with different engines. Together, the heaps must leave as much
 * room for photos as one heap does.
 *
 * @returns a ModelError MODEL_BUDGET; undefined if there is enough memory
 */
export function explainShortageOfTwo(
  a: SizedNetwork,
  b: SizedNetwork,
  limits: MemoryLimits,
): ModelError | undefined {
  const empty = { heldBytes: [], heapBytes: 0 };
  const needed = estimateHeap(a.bytes, empty, a.engine) + estimateHeap(b.bytes, empty, b.engine);
  if (needed <= limits.heapBytes) return undefined;
  return new ModelError(
    "MODEL_BUDGET",
    `There is no memory for ${a.name} and ${b.name} together: the heaps of ${a.engine.title} and ${b.engine.title} would grow to ${Math.ceil(needed)} bytes, but the limit is ${limits.heapBytes}. Use models that run with the same engine, publish a smaller model, or raise MODEL_HEAP_BYTES.`,
    { details: { neededBytes: Math.ceil(needed), budgetBytes: limits.heapBytes } },
  );
}
