/** Ten classes of CIFAR-10: a ResNet-18 with and without a teacher. */
import { join } from "node:path";
import { openPool, writeChoice } from "./choose-photos.ts";
import type { Comparison, Method } from "./compare-settings.ts";
import { type Bases, LONG_EPOCHS, planRuns, settingsOf } from "./experiment.ts";
import type { PlannedRun } from "./planned-run.ts";
import { SetResults } from "./set-results.ts";

/** The photos have 32 px; networks for 224 px would make nothing of such small inputs. */
const SIDE = 96;
const TEST = 95;
const PER_VALIDATION = 4;
const CLAIM = "+3.5";
const STUDENT = "fine-tuning (the defaults)";

type Setting = { readonly id: string };

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
  const usual = [efficientnet, augmented, distilled, largeEfficientnet, distilledFromLarge];
  const lasting = [augmented, long, distilledLong];
  const where = `CIFAR-10, ${photos} per class`;
  const row = (photos: string, method: Method, baseline?: Method, claim?: string): Comparison => ({
    photos,
    method,
    baseline,
    ...(claim === undefined ? {} : { claim }),
  });
  return {
    runs: planRuns(out, set, [...new Set([...usual, ...lasting])]),
    compare: async () => {
      const results = await SetResults.read(out, set, idsOf(usual));
      if (results.seeds.length === 0) return [];
      const student = results.alone(STUDENT, augmented.id);
      const compared = (name: string, { id }: Setting, claim?: string) =>
        row(where, results.alone(name, id), student, claim);
      return [
        row(where, student),
        compared("EfficientNet-Lite0, the teacher", efficientnet),
        compared("distilled from EfficientNet-Lite0", distilled, CLAIM),
        compared("EfficientNet-Lite0 with 224 px, the teacher", largeEfficientnet),
        compared("distilled from EfficientNet-Lite0 with 224 px", distilledFromLarge, CLAIM),
        ...(await compareLasting()),
      ];
    },
  };

  /** It takes longer, so fewer seeds may be finished. */
  async function compareLasting(): Promise<Comparison[]> {
    const results = await SetResults.read(out, set, idsOf(lasting));
    if (results.seeds.length === 0) return [];
    const place = `${where}, ${LONG_EPOCHS} epochs`;
    const student = results.alone("fine-tuning", long.id);
    return [
      row(place, student, results.alone(STUDENT, augmented.id)),
      row(
        place,
        results.alone("distilled from EfficientNet-Lite0 with 224 px", distilledLong.id),
        student,
        CLAIM,
      ),
    ];
  }
}

function idsOf(settings: readonly Setting[]): string[] {
  return settings.map(({ id }) => id);
}
