/** The experiments: which settings are trained, on which photos. */
import { join } from "node:path";
import { NO_AUGMENTATION } from "../../src/training/augment/augmentation.ts";
import type { ChosenPhotos } from "./choose-photos.ts";
import type { AveragedRun, TrainedRun } from "./planned-run.ts";

/** Networks to start from: embedded ones by id, and model folders. */
export type Bases = {
  readonly mobilenet: string;
  /** The embedded ResNet-18 as it was before it was quantised. */
  readonly resnetFloat: string;
};

/** Photos and settings that several runs share. */
export type PhotoSet = {
  /** Its folder below that of the experiment. */
  readonly name: string;
  readonly photos: ChosenPhotos;
  /** Photos that are trained on. */
  readonly count: number;
  /** Input of the networks in pixels. */
  readonly side: number;
  readonly seeds: number;
};

/** Epochs of the classifier alone, and of all but the first layers. */
export const EPOCHS = { head: 2, all: 8 } as const;

const STAGED = [
  { epochs: EPOCHS.head, trainFrom: "head", rate: 0, headRate: 1e-3 },
  { epochs: EPOCHS.all, trainFrom: 3, rate: 5e-5, headRate: 1e-3 },
];
/** With more epochs of all but the first layers. */
export const LONG_EPOCHS = 28;
const LONG = {
  stages: STAGED.map((stage) =>
    stage.trainFrom === "head" ? stage : { ...stage, epochs: LONG_EPOCHS },
  ),
  patience: EPOCHS.head + LONG_EPOCHS,
};
const HEAD_ONLY = [
  { epochs: EPOCHS.head + EPOCHS.all, trainFrom: "head", rate: 0, headRate: 1e-3 },
];
const EFFICIENTNET = "efficientnet-lite0";
/** The input that EfficientNet-Lite0 was made for. */
const WHOLE_SIDE = 224;

/** A way of training: what differs from the defaults. */
type Setting = {
  readonly id: string;
  readonly base?: string;
  readonly change?: Readonly<Record<string, unknown>>;
  /** Input of the network in pixels; that of the set by default. */
  readonly side?: number;
  /** The setting whose network of the same seed is the teacher. */
  readonly teacher?: string;
  /** CPU time of a run for each photo and pixel, compared with fine-tuning ResNet-18; a guess. */
  readonly cost?: number;
};

export const settingsOf = ({ mobilenet, resnetFloat }: Bases) =>
  ({
    headOnly: { id: "head-only", change: { stages: HEAD_ONLY }, cost: 0.4 },
    plain: { id: "plain", change: { augmentation: NO_AUGMENTATION } },
    augmented: { id: "augmented" },
    fromFloat: { id: "from-float", base: resnetFloat },
    efficientnet: { id: "efficientnet", base: EFFICIENTNET, cost: 0.65 },
    mobilenet: { id: "mobilenet", base: mobilenet, cost: 0.6 },
    distilled: { id: "distilled", teacher: "efficientnet", cost: 1.3 },
    largeEfficientnet: {
      id: "efficientnet-224",
      base: EFFICIENTNET,
      side: WHOLE_SIDE,
      cost: 0.65,
    },
    long: { id: "long", change: LONG, cost: 3 },
    distilledLong: { id: "distilled-long", teacher: "efficientnet-224", change: LONG, cost: 7 },
    distilledFromLarge: { id: "distilled-from-224", teacher: "efficientnet-224", cost: 2.5 },
    classWeights: { id: "class-weights", change: { classWeights: "inverse" } },
    oversampled: { id: "oversampled", change: { oversample: true } },
  }) as const satisfies Readonly<Record<string, Setting>>;

/** Not a setting: the networks of all seeds, averaged. */
export const SOUP = "soup";

/** The runs of a set. */
export function planRuns(out: string, set: PhotoSet, settings: readonly Setting[]): TrainedRun[] {
  return Array.from({ length: set.seeds }, (_, seed) =>
    settings.map((setting) => planRun(out, set, setting, seed)),
  ).flat();
}

export function runName(set: PhotoSet, setting: string, seed: number): string {
  return join(set.name, setting, `${seed}`);
}

/** A network with the mean of the weights of all seeds. */
export function planSoup(set: PhotoSet, setting: string): AveragedRun {
  return {
    name: runName(set, SOUP, 0),
    test: set.photos.test,
    work: 0.1 * set.count * set.side ** 2,
    members: Array.from({ length: set.seeds }, (_, seed) => runName(set, setting, seed)),
  };
}

function planRun(out: string, set: PhotoSet, setting: Setting, seed: number): TrainedRun {
  const { id, base = "resnet18", side = set.side, change = {}, teacher, cost = 1 } = setting;
  const teacherRun = teacher === undefined ? undefined : runName(set, teacher, seed);
  const config = {
    photos: set.photos.train,
    validation: set.photos.validation,
    split: { validation: 0, test: 0 },
    base,
    seed,
    inputSide: side,
    stages: STAGED,
    // All settings see the photos equally often.
    patience: EPOCHS.head + EPOCHS.all,
    ...change,
    ...(teacherRun === undefined ? {} : { distillation: { teacher: join(out, teacherRun) } }),
  };
  return {
    name: runName(set, id, seed),
    config,
    test: set.photos.test,
    needs: teacherRun === undefined ? [] : [teacherRun],
    work: cost * set.count * side ** 2,
  };
}
