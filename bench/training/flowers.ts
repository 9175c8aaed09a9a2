/** Five kinds of flowers: each way of training, with few photos and with more. */
import { join } from "node:path";
import { type Counts, openPool, tenth, writeChoice } from "./choose-photos.ts";
import type { Comparison, Method } from "./compare-settings.ts";
import { type Bases, type PhotoSet, planRuns, planSoup, settingsOf } from "./experiment.ts";
import { judgeThresholds, type ThresholdRow } from "./judge-thresholds.ts";
import type { PlannedRun } from "./planned-run.ts";
import { SetResults } from "./set-results.ts";

const SIDE = 128;
const FEW = 20;
const TEST = 80;
/** Photos that are trained on for each photo that validates. */
const PER_VALIDATION = 4;
/** The class with too few photos, which is easily taken for tulips. */
const CUT = "rose";
const ENSEMBLE_CLAIM = "+2.3 to +3.1";
const DISTILLATION_CLAIM = "+3.5";

const NAMES = {
  augmented: "fine-tuning (the defaults)",
  efficientnet: "EfficientNet-Lite0",
  distilled: "distilled from EfficientNet-Lite0",
} as const;

type Sets = { readonly few: PhotoSet; readonly many: PhotoSet; readonly skewed: PhotoSet };

export type Flowers = {
  readonly runs: readonly PlannedRun[];
  compare(): Promise<{ readonly comparisons: Comparison[]; readonly thresholds: ThresholdRow[] }>;
};

/** @param photos - of each class, in the larger set */
export async function planFlowers(
  out: string,
  data: string,
  bases: Bases,
  { photos, seeds }: { readonly photos: number; readonly seeds: number },
): Promise<Flowers> {
  const sets = await choosePhotos(out, data, photos, seeds);
  const settings = settingsOf(bases);
  const { headOnly, plain, augmented, efficientnet, distilled } = settings;
  const { fromFloat, mobilenet, classWeights, oversampled } = settings;
  const few = [headOnly, plain, augmented, efficientnet, distilled];
  const many = [...few, fromFloat, mobilenet];
  const skewed = [augmented, classWeights, oversampled];
  const idsOf = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);
  return {
    runs: [
      ...planRuns(out, sets.few, few),
      planSoup(sets.few, augmented.id),
      ...planRuns(out, sets.many, many),
      planSoup(sets.many, augmented.id),
      ...planRuns(out, sets.skewed, skewed),
    ],
    compare: async () => {
      const ofFew = await SetResults.read(out, sets.few, idsOf(few));
      const ofMany = await SetResults.read(out, sets.many, idsOf(many));
      const ofSkewed = await SetResults.read(out, sets.skewed, idsOf(skewed));
      const name = (count: number) => `flowers, ${count} per class`;
      return {
        comparisons: [
          ...compareMethods(name(FEW), ofFew),
          ...compareMethods(name(photos), ofMany),
          ...compareNetworks(name(photos), ofMany),
          ...compareSkewed(`${name(photos)}, ${tenth(photos)} of ${CUT}`, ofSkewed),
        ],
        thresholds: [augmented.id, distilled.id].flatMap((id) =>
          ofMany.seeds.length > 0 ? judgeThresholds(name(photos), NAMES[id], ofMany.of(id)) : [],
        ),
      };
    },
  };
}

async function choosePhotos(
  out: string,
  data: string,
  photos: number,
  seeds: number,
): Promise<Sets> {
  const countsOf = (train: number): Counts => ({
    train,
    validation: Math.ceil(train / PER_VALIDATION),
    test: TEST,
  });
  const pool = await openPool(data, countsOf(photos));
  const classes = pool.train.length;
  const choose = async (name: string, train: number, count: number, cut?: string) => {
    const chosen = await writeChoice(join(out, name), pool, countsOf(train), cut);
    return { name, photos: chosen, count, side: SIDE, seeds };
  };
  const left = (classes - 1) * photos + tenth(photos);
  return {
    few: await choose(`flowers-${FEW}`, FEW, classes * FEW),
    many: await choose(`flowers-${photos}`, photos, classes * photos),
    skewed: await choose(`flowers-${photos}-skewed`, photos, left, CUT),
  };
}

function compareMethods(photos: string, results: SetResults): Comparison[] {
  if (results.seeds.length === 0) return [];
  const headOnly = results.alone("head only", "head-only");
  const plain = results.alone("fine-tuning without augmentation", "plain");
  const augmented = results.alone(NAMES.augmented, "augmented");
  const ensemble = results.ensemble(`${results.seeds.length} seeds together`, "augmented");
  const soup = results.soup("mean of the weights of all seeds");
  const distilled = results.alone(NAMES.distilled, "distilled");
  const efficientnet = results.alone(NAMES.efficientnet, "efficientnet");
  const row = (method: Method, baseline?: Method, claim?: string): Comparison => ({
    photos,
    method,
    baseline,
    ...(claim === undefined ? {} : { claim }),
  });
  return [
    row(headOnly),
    row(plain, headOnly),
    row(augmented, plain),
    ...(results.seeds.length > 1 ? [row(ensemble, augmented, ENSEMBLE_CLAIM)] : []),
    ...(soup ? [row(soup, augmented)] : []),
    row(efficientnet, augmented),
    row(distilled, augmented, DISTILLATION_CLAIM),
  ];
}

function compareNetworks(photos: string, results: SetResults): Comparison[] {
  if (results.seeds.length === 0) return [];
  const resnet = results.alone(NAMES.augmented, "augmented");
  const efficientnet = results.alone(NAMES.efficientnet, "efficientnet");
  const three = results.mean("ResNet-18, EfficientNet-Lite0 and MobileNetV2 together", [
    "augmented",
    "efficientnet",
    "mobilenet",
  ]);
  return [
    { photos, method: results.alone("from float32 weights", "from-float"), baseline: resnet },
    { photos, method: results.alone("MobileNetV2", "mobilenet"), baseline: resnet },
    { photos, method: three, baseline: resnet, claim: ENSEMBLE_CLAIM },
    { photos, method: three, baseline: efficientnet },
  ];
}

function compareSkewed(photos: string, results: SetResults): Comparison[] {
  if (results.seeds.length === 0) return [];
  const skewed = results.alone(NAMES.augmented, "augmented");
  const methods = [
    results.alone("class weights", "class-weights"),
    results.alone("oversampling", "oversampled"),
  ];
  const inside = (method: Method) => results.within(method, `${method.name}: ${CUT} only`, CUT);
  return [
    { photos, method: skewed },
    ...methods.map((method) => ({ photos, method, baseline: skewed })),
    { photos, method: inside(skewed) },
    ...methods.map((method) => ({ photos, method: inside(method), baseline: inside(skewed) })),
  ];
}
