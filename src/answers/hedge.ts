import type { ClassLabel, Kind } from "../labels/class-label.ts";
import { firstReaching } from "./first-reaching.ts";

/** A kind of thing and its probability. */
export type HedgedAnswer = { readonly kind: Kind; readonly confidence: number };

/**
 * A kind's odds must be this many times the odds of a network that has learned nothing and gives each class
 * the same probability. Otherwise a kind of half of the classes would be an answer to any image.
 */
const MARGIN = 5;
/**
 * More than this many classes of a model make a kind broad: what a network sees in noise adds up to such kinds.
 * They need a larger margin if nothing else tells a photo from noise.
 */
const BROAD = 200;
/** The margin of a broad kind. docs/hedging.md says how these numbers were chosen. */
const BROAD_MARGIN = 15;

/** The kinds above the classes of a model. */
type KindsOfClasses = {
  readonly kinds: readonly Kind[];
  /** How many classes are beneath each kind. */
  readonly classCounts: Int32Array;
  /** The kinds above each class, as indices into `kinds`. */
  readonly above: readonly Int32Array[];
};

/** They depend on the labels alone, and an isolate uses the same labels for every photo. */
const kindsOfLabels = new WeakMap<readonly ClassLabel[], KindsOfClasses>();

function kindsOf(labels: readonly ClassLabel[]): KindsOfClasses {
  const known = kindsOfLabels.get(labels);
  if (known) return known;
  const kinds: Kind[] = [];
  const indices = new Map<string, number>();
  const above = labels.map(({ ancestors }) =>
    Int32Array.from(ancestors, (kind) => {
      const index = indices.get(kind.id) ?? kinds.push(kind) - 1;
      indices.set(kind.id, index);
      return index;
    }),
  );
  const classCounts = new Int32Array(kinds.length);
  for (const own of above) for (const index of own) (classCounts[index] as number)++;
  const found = { kinds, classCounts, above };
  kindsOfLabels.set(labels, found);
  return found;
}

/**
 * Finds the kinds of things that can be an answer, most specific first. Each is more probable than those
 * before it, and beats its share of the classes by a margin. For a given threshold, the first kind that
 * reaches it is the answer: the one with the fewest classes of the model beneath it, and among equals the
 * most probable.
 *
 * Source: Deng et al. 2012, "Hedging your bets: optimizing accuracy-specificity trade-offs in large
 * scale visual recognition": the most informative answer among those with enough confidence.
 *
 * @param labels - the classes, in the order of `probabilities`; the same array must not be changed afterwards
 * @param probabilities - [N], sums to 1
 * @param familiar - whether the image looks like the model's photos; undefined if the model cannot tell
 * @returns none if the image is not familiar
 */
export function findKinds(
  labels: readonly ClassLabel[],
  probabilities: Float64Array,
  familiar: boolean | undefined,
): HedgedAnswer[] {
  if (familiar === false) return [];
  const { kinds, classCounts, above } = kindsOf(labels);
  const sums = new Float64Array(kinds.length);
  above.forEach((own, i) => {
    const probability = probabilities[i] ?? 0;
    for (const index of own) sums[index] = (sums[index] as number) + probability;
  });
  const answers: HedgedAnswer[] = [];
  const bySpecificity = kinds
    .map((kind, index) => {
      return { kind, classes: classCounts[index] as number, probability: sums[index] as number };
    })
    .filter(({ probability, classes }) =>
      beatsItsShare(probability, classes, labels.length, familiar === true),
    )
    .sort((x, y) => x.classes - y.classes || y.probability - x.probability);
  for (const { kind, probability } of bySpecificity) {
    // Rounding errors can push the sum above 1.
    const confidence = Math.min(probability, 1);
    if (confidence > (answers.at(-1)?.confidence ?? 0)) answers.push({ kind, confidence });
  }
  return answers;
}

/**
 * A kind of all classes never does. Unless the image is familiar, nor does a broad one of more than half: it
 * would say less than one bit, and might be noise.
 */
function beatsItsShare(
  probability: number,
  classes: number,
  all: number,
  isFamiliar: boolean,
): boolean {
  const isDoubtful = classes > BROAD && !isFamiliar;
  if (classes === all || (isDoubtful && classes > all / 2)) return false;
  const margin = isDoubtful ? BROAD_MARGIN : MARGIN;
  return probability * (all - classes) >= margin * (1 - probability) * classes;
}

/** Finds the first of `kinds` that reaches a threshold from 0 to 1. */
export function hedge(kinds: readonly HedgedAnswer[], threshold: number): HedgedAnswer | undefined {
  return firstReaching(kinds, threshold);
}
