/** Whether ONNX Runtime's heap has room for another network. */
import { ModelError } from "../errors.ts";

/** Before anything is loaded. */
const EMPTY_HEAP_BYTES = 17_000_000;
/** What a network of so many bytes takes while it is loaded: the file, its weights, weights in another order. */
const LOADING_FACTOR = 3;
/** And for its activations. */
const ACTIVATION_BYTES = 8_000_000;
/** What it takes afterwards. */
const LOADED_FACTOR = 2;

/**
 * Estimates how large the heap would be with one network more. The heap never shrinks: what released
 * networks have left is reused, but the largest size so far stays.
 *
 * Measured by npm run eval:quantize: docs/registry.md#memory.
 *
 * @param heapBytes - its present size
 * @param heldBytes - of the files of the networks that are loaded
 * @param newBytes - of the new network's file
 */
export function estimateHeap(heapBytes: number, heldBytes: number, newBytes: number): number {
  const held = EMPTY_HEAP_BYTES + LOADED_FACTOR * heldBytes;
  return Math.max(heapBytes, held + LOADING_FACTOR * newBytes + ACTIVATION_BYTES);
}

/** @throws ModelError MODEL_BUDGET where the estimate exceeds `maxBytes` */
export function requireHeap(
  model: string,
  maxBytes: number,
  sizes: { readonly heapBytes: number; readonly heldBytes: number; readonly newBytes: number },
): void {
  const needed = estimateHeap(sizes.heapBytes, sizes.heldBytes, sizes.newBytes);
  if (needed <= maxBytes) return;
  throw new ModelError(
    "MODEL_BUDGET",
    `There is no memory for model ${model}: with it the heap would have ${needed} bytes of ${maxBytes}, and ONNX Runtime gives none back. Models in use go on answering. Ask one of them, publish a smaller model, or raise MODEL_HEAP_BYTES.`,
    { details: { neededBytes: needed, budgetBytes: maxBytes } },
  );
}
