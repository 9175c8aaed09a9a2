/**
 * `npm run eval:ensemble [-- RESNET EFFICIENTNET]`: compares an ensemble of two models with EfficientNet-Lite0
 * alone, on the photos of ../shared. The arguments are model folders. The weights are fitted on one half of
 * dev1k and judged on the other, and on imagenette-val. Also prints what the ensemble costs.
 */
import { formatTable } from "../cli/terminal/format-table.ts";
import { topK } from "../src/inference/top-k.ts";
import { bootstrapMean } from "./bootstrap.ts";
import { compareSessions } from "./compare-sessions.ts";
import { measureHeap } from "./measure-heap.ts";
import { type PhotoPredictions, predictPhotos, requirePhotos } from "./predict-photos.ts";

const [RESNET = "models/resnet18", EFFICIENTNET = "models/efficientnet-lite0"] =
  process.argv.slice(2);
const STEPS = 100;

/** The predictions of both models for one photo. */
type Photo = {
  /** Index of the true class. */
  readonly truth: number;
  readonly resnet: Float64Array;
  readonly efficientnet: Float64Array;
};

/** The share of ResNet-18 in the weighted mean. */
type Rule = { readonly name: string; readonly weight: (photo: Photo) => number };

requirePhotos();
const dev1k = await predictBoth("dev1k");
const imagenette = await predictBoth("imagenette-val");
const first = dev1k.filter((_, i) => i % 2 === 0);
const second = dev1k.filter((_, i) => i % 2 === 1);
const [ofFirst, ofSecond] = [fitWeight(first), fitWeight(second)];
const inFirst = new Set(first);

compare(`second half of dev1k (${second.length} photos)`, second, [
  { name: `weights of the first half (${ofFirst.toFixed(2)})`, weight: () => ofFirst },
]);
compare(
  `both halves of dev1k (${dev1k.length} photos), each with the weights of the other`,
  dev1k,
  [
    {
      name: `weights of the other half (${ofFirst.toFixed(2)}, ${ofSecond.toFixed(2)})`,
      weight: (photo) => (inFirst.has(photo) ? ofSecond : ofFirst),
    },
  ],
);
compare(`imagenette-val (${imagenette.length} photos)`, imagenette, [
  { name: `weights of dev1k's first half (${ofFirst.toFixed(2)})`, weight: () => ofFirst },
]);
await printCosts();

async function predictBoth(set: string): Promise<Photo[]> {
  const resnet = await predictPhotos(RESNET, set);
  const efficientnet = await predictPhotos(EFFICIENTNET, set);
  requireSameClasses(resnet, efficientnet);
  const position = new Map(resnet.labels.map(({ id }, i) => [id, i]));
  return resnet.truths.map((truth, i) => ({
    truth: position.get(truth) as number,
    resnet: resnet.probabilities[i] as Float64Array,
    efficientnet: efficientnet.probabilities[i] as Float64Array,
  }));
}

function requireSameClasses(a: PhotoPredictions, b: PhotoPredictions): void {
  const isSame =
    a.labels.length === b.labels.length && a.labels.every(({ id }, i) => id === b.labels[i]?.id);
  if (isSame) return;
  console.error(
    `${RESNET} and ${EFFICIENTNET} have different classes. Give models of the same ones.`,
  );
  process.exit(2);
}

function mix({ resnet, efficientnet }: Photo, weight: number): Float64Array {
  return resnet.map((p, i) => weight * p + (1 - weight) * (efficientnet[i] as number));
}

/** Returns the weight of ResNet-18 that makes the true classes most probable, in steps of 0.01. */
function fitWeight(photos: readonly Photo[]): number {
  const weights = Array.from({ length: STEPS + 1 }, (_, i) => i / STEPS);
  const losses = weights.map((weight) => meanLoss(photos, () => weight));
  return weights[losses.indexOf(Math.min(...losses))] as number;
}

/** The mean of -log of the probability of the true class, in nats. */
function meanLoss(photos: readonly Photo[], weight: Rule["weight"]): number {
  const sum = photos.reduce((total, photo) => {
    const { truth, resnet, efficientnet } = photo;
    const share = weight(photo);
    const p = share * (resnet[truth] as number) + (1 - share) * (efficientnet[truth] as number);
    return total - Math.log(p);
  }, 0);
  return sum / photos.length;
}

function compare(title: string, photos: readonly Photo[], fitted: readonly Rule[]): void {
  const rules: readonly Rule[] = [
    { name: "EfficientNet-Lite0 alone", weight: () => 0 },
    { name: "ResNet-18 alone", weight: () => 1 },
    { name: "equal weights, as in classify(models: …)", weight: () => 0.5 },
    ...fitted,
  ];
  const hitsOf = ({ weight }: Rule, k: number) =>
    photos.map((photo) =>
      topK(mix(photo, weight(photo)), k).some(({ classIndex }) => classIndex === photo.truth),
    );
  const mean = (hits: readonly boolean[]) => (100 * hits.filter(Boolean).length) / hits.length;
  const [alone] = rules.map((rule) => hitsOf(rule, 1));
  const rows = rules.map((rule, i) => {
    const hits = hitsOf(rule, 1);
    const differences = hits.map((hit, at) => 100 * (Number(hit) - Number(alone?.[at])));
    const { low, high } = bootstrapMean(differences);
    return [
      rule.name,
      `${mean(hits).toFixed(1)} %`,
      `${mean(hitsOf(rule, 5)).toFixed(1)} %`,
      meanLoss(photos, rule.weight).toFixed(3),
      i === 0 ? "" : signed(differences.reduce((sum, x) => sum + x, 0) / differences.length),
      i === 0 ? "" : `${signed(low)} to ${signed(high)}`,
    ];
  });
  console.log(`\n${title}\n`);
  console.log(
    formatTable(
      ["weight of ResNet-18", "top-1", "top-5", "loss (nats)", "top-1 gain", "95 % interval"],
      rows,
    ),
  );
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;
}

async function printCosts(): Promise<void> {
  // Before compareSessions, because the heap never shrinks; the photos were classified in other threads.
  const folders = [EFFICIENTNET, RESNET];
  const heaps = await measureHeap(folders);
  const times = await compareSessions(folders);
  const [alone = 0, other = 0] = times;
  const rows = heaps.map(({ heapBytes, estimateBytes }, i) => {
    const ms = i === 0 ? alone : alone + other;
    const files = heaps.slice(0, i + 1).reduce((sum, { fileBytes }) => sum + fileBytes, 0);
    return [
      i === 0 ? "EfficientNet-Lite0" : "and ResNet-18",
      String(i + 1),
      `${ms.toFixed(0)} ms`,
      (ms / alone).toFixed(2),
      ...[files, heapBytes, estimateBytes].map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`),
    ];
  });
  console.log("\ncosts of one photo; heap is that of ONNX Runtime\n");
  console.log(
    formatTable(["models", "passes", "time", "relative", "files", "heap", "estimated heap"], rows),
  );
}
