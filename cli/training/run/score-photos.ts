/** How well a network does on photos, while it is trained. */
import { evaluatePredictions } from "../../../src/evaluate/evaluate-predictions.ts";
import type { Graph } from "../../../src/graphs/graph.ts";
import { softmax } from "../../../src/inference/softmax.ts";
import { topK } from "../../../src/inference/top-k.ts";
import { rebatch } from "../../../src/training/rebatch.ts";
import { type Hardware, loadEngine, openNetwork } from "../load-engine.ts";
import type { BatchMaker } from "./make-batches.ts";
import type { RunPhoto, Score } from "./run-folder.ts";

const BATCH = 16;
/** Share of correct answers that the threshold is chosen for. */
const TARGET_PRECISION = 0.95;

/**
 * Runs a network over whole, unchanged photos.
 *
 * @param network - for one image
 * @returns the logits of each photo, [C]
 */
export function runOverPhotos(
  { graph, logits }: { readonly graph: Graph; readonly logits: string },
  photos: readonly RunPhoto[],
  batches: BatchMaker,
  hardware: Hardware,
): Promise<Float32Array[]> {
  const network = { ...graph, outputs: [{ name: logits }] };
  return runOverBatches(network, photos, (part, size) => batches.forScoring(part, size), hardware);
}

/**
 * Runs a network in batches.
 *
 * @param network - for one image, with one output
 * @param makeInput - makes the input for some photos; `size` is the number of places in the batch
 * @param shouldContinue - gets the number of photos that are done; if it returns false, the outputs of the others are missing
 * @returns the output for each photo
 */
export async function runOverBatches(
  network: Graph,
  photos: readonly RunPhoto[],
  makeInput: (photos: readonly RunPhoto[], size: number) => Promise<Float32Array> | Float32Array,
  hardware: Hardware,
  shouldContinue: (done: number) => boolean = () => true,
): Promise<Float32Array[]> {
  const engine = await loadEngine();
  const many = rebatch(network, BATCH);
  const [output] = many.outputs;
  const session = await openNetwork(engine, many, hardware);
  const results: Float32Array[] = [];
  try {
    for (let start = 0; start < photos.length && shouldContinue(start); start += BATCH) {
      const part = photos.slice(start, start + BATCH);
      const input = new engine.Tensor("float32", await makeInput(part, BATCH), many.input.shape);
      const outputs = await session.run({ [many.input.name]: input });
      const values = outputs[output?.name ?? ""]?.data as Float32Array;
      const length = values.length / BATCH;
      for (let i = 0; i < part.length; i++) {
        results.push(values.slice(i * length, (i + 1) * length));
      }
    }
  } finally {
    await session.release();
  }
  return results;
}

export function scoreLogits(
  logits: readonly Float32Array[],
  photos: readonly Pick<RunPhoto, "class">[],
): Score {
  let [right, loss] = [0, 0];
  for (const [i, values] of logits.entries()) {
    const truth = photos[i]?.class as number;
    const probabilities = softmax(values);
    if (topK(probabilities, 1)[0]?.classIndex === truth) right++;
    loss -= Math.log(Math.max(probabilities[truth] as number, Number.MIN_VALUE));
  }
  return { accuracy: right / logits.length, loss: loss / logits.length };
}

/** By accuracy; the loss decides between equals. */
export function isBetter(score: Score, other: Score): boolean {
  return score.accuracy === other.accuracy
    ? score.loss < other.loss
    : score.accuracy > other.accuracy;
}

/** The figures of a network on photos that it was not trained on. */
export function evaluatePhotos(
  classes: readonly string[],
  logits: readonly Float32Array[],
  photos: readonly RunPhoto[],
) {
  const truths = photos.map((photo) => classes[photo.class] as string);
  return evaluatePredictions(
    { ids: classes, logits, floatLogits: undefined, truths },
    TARGET_PRECISION,
  );
}
