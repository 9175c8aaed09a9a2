/** Measures one case in a process for it alone: `node bench/train/measure-step.ts CASE`, with a StepCase as JSON. */
import { TrainingSession } from "../../cli/training/training-session.ts";
import { normalize } from "../../src/imaging/image-to-tensor.ts";
import { augment, augmentationSchema } from "../../src/training/augment/augmentation.ts";
import { buildTrainingStep } from "../../src/training/build-training-step.ts";
import { median } from "../median.ts";
import {
  chooseTrained,
  type Measurement,
  MOMENTUM,
  makeBatch,
  makePhoto,
  RATE,
  readNetwork,
  type StepCase,
} from "./step-case.ts";

const GREY = [124, 116, 104] as const;
const NORMALISED = {
  resize: { fit: "stretch", interpolation: "bilinear" },
  color: "RGB",
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
} as const;
const augmentation = augmentationSchema.parse({});
const wanted: StepCase = JSON.parse(process.argv[2] as string);
const graph = await readNetwork(wanted);
const step = buildTrainingStep({
  graph,
  logits: "logits",
  batch: wanted.batch,
  groups: [{ name: "all", parameters: chooseTrained(graph, wanted) }],
  optimiser: { kind: "sgd", momentum: MOMENTUM },
});
const session = await TrainingSession.start(step, { threads: wanted.threads });
const batch = {
  ...makeBatch(step.images.shape, step.targets.shape[1] as number),
  rates: { all: RATE },
};
const [, , height = 0, width = 0] = step.images.shape;
const photo = makePhoto(height);
const cpu: number[] = [];
const wall: number[] = [];
const losses: number[] = [];
for (let i = 0; i <= wanted.steps; i++) {
  const before = process.cpuUsage();
  const start = performance.now();
  const images = wanted.augmented ? augmentPhotos(i) : batch.images;
  const { loss } = await session.run({ ...batch, images });
  const { user, system } = process.cpuUsage(before);
  if (i > 0) {
    cpu.push((user + system) / 1000);
    wall.push(performance.now() - start);
  }
  losses.push(loss);
}

const measured: Measurement = {
  cpuMs: median(cpu),
  wallMs: median(wall),
  peakMb: process.resourceUsage().maxRSS / 1024,
  losses,
};
console.log(JSON.stringify(measured));
await session.release();

/** Changes a photo at random, for each place in a batch. */
function augmentPhotos(seed: number): Float32Array {
  const settings = { augmentation, width, height, position: undefined, mean: GREY };
  const spec = { ...NORMALISED, width, height };
  const length = 3 * width * height;
  const images = new Float32Array(wanted.batch * length);
  for (let i = 0; i < wanted.batch; i++) {
    images.set(normalize(augment(photo, settings, seed, i).data, spec), i * length);
  }
  return images;
}
