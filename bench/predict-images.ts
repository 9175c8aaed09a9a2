/** Runs models over photos with the Worker's own code and keeps what they said. */
import { readFile } from "node:fs/promises";
import { planClassification } from "../src/classification/classify-image.ts";
import { runPass } from "../src/classification/run-pass.ts";
import type { ClassifyServices } from "../src/classification/services.ts";
import { softmax } from "../src/inference/softmax.ts";
import { sha256Hex } from "../src/sha256.ts";
import type { ValidationImage } from "./validation-images.ts";

/** One model's classes and what it said of each photo. */
export type ModelPredictions = {
  readonly synsets: readonly string[];
  /** The photos' softmax vectors, [N] each. */
  readonly probabilities: readonly Float64Array[];
};

/** Classifies every photo with one model; progress goes to stderr. */
export async function predictImages(
  name: string,
  images: readonly ValidationImage[],
  services: ClassifyServices,
): Promise<ModelPredictions> {
  const plan = await planClassification([name], { topK: 1, threshold: undefined }, services);
  const model = plan.splits[0]?.usable[0];
  if (!model) throw new Error(`${name} is no model.`);
  const probabilities: Float64Array[] = [];
  for (const { path } of images) {
    const bytes = new Uint8Array(await readFile(path));
    const image = { bytes, sha256: await sha256Hex(bytes) };
    const { logits } = await runPass(image, model, services, { useCache: false });
    probabilities.push(softmax(logits, model.manifest.calibration?.temperature));
    if (probabilities.length % 100 === 0 || probabilities.length === images.length) {
      process.stderr.write(`\r${name}: ${probabilities.length} of ${images.length} photos`);
    }
  }
  process.stderr.write("\n");
  return { synsets: model.labels.map(({ synset }) => synset), probabilities };
}
