/** How well a network does on photos, while it is trained. */
import type { Graph } from "../../../src/graphs/graph.ts";
import { writeModel } from "../../../src/graphs/onnx/write-model.ts";
import { softmax } from "../../../src/inference/softmax.ts";
import { topK } from "../../../src/inference/top-k.ts";
import { rebatch } from "../../../src/training/rebatch.ts";
import { loadEngine } from "../load-engine.ts";
import type { BatchMaker } from "./make-batches.ts";
import type { RunPhoto, Score } from "./run-folder.ts";

const BATCH = 16;

/**
 * Runs a network over whole, unchanged photos.
 *
 * @param network - for one image
 * @returns the logits of each photo, [C]
 */
export async function runOverPhotos(
  { graph, logits: name }: { readonly graph: Graph; readonly logits: string },
  photos: readonly RunPhoto[],
  batches: BatchMaker,
  threads: number | undefined,
): Promise<Float32Array[]> {
  const engine = await loadEngine();
  const many = rebatch({ ...graph, outputs: [{ name }] }, BATCH);
  const session = await engine.InferenceSession.create(writeModel(many), {
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const results: Float32Array[] = [];
  try {
    for (let start = 0; start < photos.length; start += BATCH) {
      const part = photos.slice(start, start + BATCH);
      const images = await batches.forScoring(part, BATCH);
      const input = new engine.Tensor("float32", images, many.input.shape);
      const { [name]: logits } = await session.run({ [many.input.name]: input });
      const values = logits?.data as Float32Array;
      const classes = values.length / BATCH;
      for (let i = 0; i < part.length; i++) {
        results.push(values.slice(i * classes, (i + 1) * classes));
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
