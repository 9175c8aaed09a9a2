/**
 * `npm run eval:ensemble`: compares the accuracy of ensembles with that of their members, on the validation
 * photos of ../shared. Members are averaged as in `classify(models: …)`.
 */
import { formatTable } from "../cli/terminal/format-table.ts";
import { combine } from "../src/inference/ensemble.ts";
import { topK } from "../src/inference/top-k.ts";
import { createNodeServices } from "../tools/node-services.ts";
import { readMobileNetV2 } from "./mobilenetv2.ts";
import { type ModelPredictions, predictImages } from "./predict-images.ts";
import {
  listValidationImages,
  requireValidationData,
  type ValidationImage,
} from "./validation-images.ts";

const EFFICIENTNET = "efficientnet-lite0";
const RESNET = "resnet18-in277";
const MOBILENET = "mobilenetv2-in1k@1.0.0";
const ENSEMBLES = [
  [EFFICIENTNET],
  [RESNET],
  [MOBILENET],
  [EFFICIENTNET, RESNET],
  [EFFICIENTNET, MOBILENET],
  [RESNET, MOBILENET],
  [EFFICIENTNET, RESNET, MOBILENET],
];

requireValidationData();
const services = await createNodeServices({ more: await readMobileNetV2() });
for (const set of ["imagenette-val", "val277"]) {
  const images = await listValidationImages(set);
  const byModel = new Map<string, ModelPredictions>();
  for (const model of [EFFICIENTNET, RESNET, MOBILENET]) {
    byModel.set(model, await predictImages(model, images, services));
  }
  const known = new Set(byModel.get(RESNET)?.labels.map(({ id }) => id));
  const shared = images.filter(({ synset }) => known.has(synset)).length;
  console.log(
    `\n${set}: ${images.length} photos, of which ${shared} show a class that ${RESNET} has\n`,
  );
  const rows = ENSEMBLES.map((names) => {
    const members = names.map((name) => byModel.get(name) as ModelPredictions);
    const scores = score(members, images);
    const best = Math.max(...members.map((member) => score([member], images).top1));
    return [
      names.map((name) => name.replace("@1.0.0", "")).join(" + "),
      `${scores.top1.toFixed(1)} %`,
      `${scores.top5.toFixed(1)} %`,
      scores.confidence.toFixed(3),
      names.length === 1 ? "" : `${(scores.top1 - best).toFixed(1)} points`,
    ];
  });
  console.log(
    formatTable(["models", "top-1", "top-5", "mean P(truth)", "top-1 against best member"], rows),
  );
}

function score(
  members: readonly ModelPredictions[],
  images: readonly ValidationImage[],
): { top1: number; top5: number; confidence: number } {
  let top1 = 0;
  let top5 = 0;
  let confidence = 0;
  images.forEach(({ synset }, i) => {
    const { ids, probabilities } = combine(
      members.map((member) => ({
        ids: member.labels.map(({ id }) => id),
        probabilities: member.probabilities[i] as Float64Array,
      })),
    );
    const ranked = topK(probabilities, 5).map(({ classIndex }) => ids[classIndex]);
    if (ranked[0] === synset) top1++;
    if (ranked.includes(synset)) top5++;
    confidence += probabilities[ids.indexOf(synset)] ?? 0;
  });
  const { length } = images;
  return {
    top1: (100 * top1) / length,
    top5: (100 * top5) / length,
    confidence: confidence / length,
  };
}
