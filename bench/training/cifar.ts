/** Ten classes of CIFAR-10: a ResNet-18 with and without a teacher. */
import { join } from "node:path";
import { openPool, writeChoice } from "./choose-photos.ts";
import type { Comparison, Method } from "./compare-settings.ts";
import { type Bases, EPOCHS, LONG_EPOCHS, planRuns, settingsOf } from "./experiment.ts";
import type { PlannedRun } from "./planned-run.ts";
import { SetResults } from "./set-results.ts";

/** The photos have 32 px; networks for 224 px would make nothing of such small inputs. */
const SIDE = 96;
const TEST = 95;
const PER_VALIDATION = 4;
const CLAIM = "+3.5";
const STUDENT = "fine-tuning (the defaults)";
const LARGE = "EfficientNet-Lite0 with 224 px";

type SettingId = { readonly id: string };

export type Cifar = {
  readonly runs: readonly PlannedRun[];
  compare(): Promise<Comparison[]>;
};

/** @param photos - of each class */
export async function planCifar(
  out: string,
  data: string,
  bases: Bases,
  { photos, seeds }: { readonly photos: number; readonly seeds: number },
): Promise<Cifar> {
  const counts = { train: photos, validation: Math.ceil(photos / PER_VALIDATION), test: TEST };
  const pool = await openPool(data, counts);
  const name = `cifar-${photos}`;
  const chosen = await writeChoice(join(out, name), pool, counts);
  const set = { name, photos: chosen, count: pool.train.length * photos, side: SIDE, seeds };
  const { efficientnet, augmented, distilled, ...others } = settingsOf(bases);
  const { largeEfficientnet, distilledFromLarge, long, distilledLong } = others;
  const place = `CIFAR-10, ${photos} per class`;
  /** Compares a teacher and its student with fine-tuning, on the seeds with which they are finished. */
  const compareTaught = async (title: string, teacher: SettingId, taught: SettingId) => {
    const results = await SetResults.read(out, set, [augmented.id, teacher.id, taught.id]);
    if (results.seeds.length === 0) return [];
    const student = results.alone(STUDENT, augmented.id);
    return [
      row(place, results.alone(`${title}, the teacher`, teacher.id), student),
      row(place, results.alone(`distilled from ${title}`, taught.id), student, CLAIM),
    ];
  };
  const compareLong = async () => {
    const results = await SetResults.read(out, set, [augmented.id, long.id, distilledLong.id]);
    if (results.seeds.length === 0) return [];
    const longer = `${place}, ${EPOCHS.head} + ${LONG_EPOCHS} epochs`;
    const student = results.alone("fine-tuning", long.id);
    const taught = results.alone(`distilled from ${LARGE}`, distilledLong.id);
    return [
      row(longer, student, results.alone(STUDENT, augmented.id)),
      row(longer, taught, student, CLAIM),
    ];
  };
  return {
    runs: planRuns(out, set, [
      ...[efficientnet, augmented, distilled, largeEfficientnet, distilledFromLarge],
      ...[long, distilledLong],
    ]),
    compare: async () => {
      const results = await SetResults.read(out, set, [augmented.id]);
      if (results.seeds.length === 0) return [];
      return [
        row(place, results.alone(STUDENT, augmented.id)),
        ...(await compareTaught("EfficientNet-Lite0", efficientnet, distilled)),
        ...(await compareTaught(LARGE, largeEfficientnet, distilledFromLarge)),
        ...(await compareLong()),
      ];
    },
  };
}

function row(photos: string, method: Method, baseline?: Method, claim?: string): Comparison {
  return { photos, method, baseline, ...(claim === undefined ? {} : { claim }) };
}
