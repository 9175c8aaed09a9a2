/** Combines the softmax vectors of several models over the union of their classes. */

/** One model's say. */
export type Member = {
  /** Its classes in output order. */
  readonly ids: readonly string[];
  /** [N], sums to 1. */
  readonly probabilities: Float64Array;
};

/** A distribution over the union of the members' classes. */
export type Combined = {
  /** The first member's classes in its order, then what each further member adds. */
  readonly ids: readonly string[];
  /** [union], sums to 1. */
  readonly probabilities: Float64Array;
};

/** More than enough: with members of which one knows all classes, the error halves each time. */
const MAX_ITERATIONS = 60;
const CONVERGED = 1e-9;

/**
 * The average of the members, each speaking of its own classes only.
 *
 * A model that lacks a class has nothing to say about it. Its softmax is taken as the distribution
 * *given that* the photo shows one of its classes, and scaled by how probable the ensemble holds that:
 * `p(c) = mean over members m that know c of p_m(c) · P(C_m)`, where `P(C_m)` is the sum of `p` over
 * the member's classes. The fixed point is found by iteration. Where all members know the same classes
 * it is their plain average; where one knows all, the others only shift probability among their own.
 */
export function combine(members: readonly Member[]): Combined {
  const [only, ...others] = members;
  if (only && others.length === 0) return only;
  const ids = [...new Set(members.flatMap((member) => member.ids))];
  const position = new Map(ids.map((id, i) => [id, i]));
  const places = members.map((member) =>
    Int32Array.from(member.ids, (id) => position.get(id) as number),
  );
  const knowers = new Float64Array(ids.length);
  for (const place of places) for (const i of place) knowers[i] = (knowers[i] as number) + 1;

  let probabilities = average(members.map(() => 1));
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const known = places.map((place) =>
      place.reduce((sum, i) => sum + (probabilities[i] as number), 0),
    );
    const next = average(known);
    const change = next.reduce(
      (sum, value, i) => sum + Math.abs(value - (probabilities[i] as number)),
      0,
    );
    probabilities = next;
    if (change < CONVERGED) break;
  }
  return { ids, probabilities };

  function average(weights: readonly number[]): Float64Array {
    const sums = new Float64Array(ids.length);
    members.forEach((member, m) => {
      const place = places[m] as Int32Array;
      const weight = weights[m] as number;
      member.probabilities.forEach((p, i) => {
        const at = place[i] as number;
        sums[at] = (sums[at] as number) + (p * weight) / (knowers[at] as number);
      });
    });
    const total = sums.reduce((sum, value) => sum + value, 0);
    return sums.map((value) => value / total);
  }
}
