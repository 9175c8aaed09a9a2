/** Classifies photos with the code of the Worker, and keeps the probabilities. */
import { readFile } from "node:fs/promises";
import type { Services } from "../src/create-services.ts";
import { softmax } from "../src/inference/softmax.ts";
import type { ClassLabel } from "../src/labels/class-label.ts";
import type { ValidationImage } from "./validation-images.ts";

export type ModelPredictions = {
  readonly labels: readonly ClassLabel[];
  /** The softmax vector of each photo, [N]. */
  readonly probabilities: readonly Float64Array[];
};

/** Classifies every photo with one model, and writes the progress to stderr. */
export async function predictImages(
  name: string,
  images: readonly ValidationImage[],
  { classifier }: Services,
): Promise<ModelPredictions> {
  const plan = await classifier.plan([name], { topK: 1, threshold: undefined });
  let labels: readonly ClassLabel[] = [];
  const probabilities: Float64Array[] = [];
  for (const { path } of images) {
    const result = await classifier.classify(new Uint8Array(await readFile(path)), plan);
    labels = result.labels;
    for (const { logits, model } of result.passes) {
      probabilities.push(softmax(logits, model.manifest.calibration?.temperature));
    }
    if (probabilities.length % 100 === 0 || probabilities.length === images.length) {
      process.stderr.write(`\r${name}: ${probabilities.length} of ${images.length} photos`);
    }
  }
  process.stderr.write("\n");
  return { labels, probabilities };
}
