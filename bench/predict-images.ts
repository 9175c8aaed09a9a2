/** Runs models over photos with the Worker's own code and keeps what they said. */
import { readFile } from "node:fs/promises";
import type { Services } from "../src/create-services.ts";
import { softmax } from "../src/inference/softmax.ts";
import type { ClassLabel } from "../src/labels/class-label.ts";
import type { ValidationImage } from "./validation-images.ts";

/** One model's classes and what it said of each photo. */
export type ModelPredictions = {
  readonly labels: readonly ClassLabel[];
  /** The photos' softmax vectors, [N] each. */
  readonly probabilities: readonly Float64Array[];
};

/** Classifies every photo with one model; progress goes to stderr. */
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
