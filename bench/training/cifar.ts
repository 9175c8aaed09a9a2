/** Ten classes of CIFAR-10: a ResNet-18 with and without a teacher. */
import { join } from "node:path";
import { openPool, writeChoice } from "./choose-photos.ts";
import type { Comparison } from "./compare-settings.ts";
import { type Bases, LONG_EPOCHS, planRuns, settingsOf } from "./experiment.ts";
import type { PlannedRun } from "./planned-run.ts";
import { SetResults } from "./set-results.ts";

/** The photos have 32 px; networks for 224 px would make nothing of such small inputs. */
const SIDE = 96;
const TEST = 95;
const PER_VALIDATION = 4;
const CLAIM = "+3.5";

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
  const settings = [
    ...[efficientnet, augmented, distilled, largeEfficientnet],
    ...[distilledFromLarge, long, distilledLong],
  ];
  return {
    runs: planRuns(out, set, settings),
    compare: async () => {
      const ids = settings.map(({ id }) => id);
      const results = await SetResults.read(out, set, ids);
      if (results.seeds.length === 0) return [];
      const where = `CIFAR-10, ${photos} per class`;
      const student = results.alone("fine-tuning (the defaults)", "augmented");
      const longStudent = results.alone(`fine-tuning, ${LONG_EPOCHS} epochs`, long.id);
      const compared = (
        name: string,
        { id }: { readonly id: string },
        claim?: string,
        baseline = student,
      ) => ({
        photos: where,
        method: results.alone(name, id),
        baseline,
        ...(claim === undefined ? {} : { claim }),
      });
      return [
        { photos: where, method: student },
        compared("EfficientNet-Lite0, the teacher", efficientnet),
        compared("distilled from EfficientNet-Lite0", distilled, CLAIM),
        compared("EfficientNet-Lite0 with 224 px, the teacher", largeEfficientnet),
        compared("distilled from EfficientNet-Lite0 with 224 px", distilledFromLarge, CLAIM),
        { photos: where, method: longStudent, baseline: student },
        compared(
          `distilled from EfficientNet-Lite0 with 224 px, ${LONG_EPOCHS} epochs`,
          distilledLong,
          CLAIM,
          longStudent,
        ),
      ];
    },
  };
}
