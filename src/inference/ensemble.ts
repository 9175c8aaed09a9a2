/** Combines the softmax vectors of several models over the union of their classes. */

/** The vote of one model. */
export type Member = {
  /** The ids of its classes, in output order. */
  readonly ids: readonly string[];
  /** [N], sums to 1. */
  readonly probabilities: Float64Array;
};

/** A distribution over the union of the members' classes. */
export type Combined = {
  /** The classes of the first member in its order, then the ones that each further member adds. */
  readonly ids: readonly string[];
  /** [union], sums to 1. */
  readonly probabilities: Float64Array;
};

/** More than enough: if one member knows all classes, each iteration halves the error. */
const MAX_ITERATIONS = 60;
const CONVERGED = 1e-9;

/**
 * Averages the members, each over its own classes only.
 *
 * A model says nothing about a class that it lacks. Its softmax is taken as the distribution *given that*
 * the photo shows one of its classes, and scaled by the probability of that under the ensemble:
 * `p(c) = mean over members m that know c of p_m(c) · P(C_m)`, where `P(C_m)` is the sum of `p` over
 * the member's classes. The fixed point is found by iteration. If all members know the same classes, it
 * is their plain average. If one member knows all classes, the others only shift probability among their
 * own.
 */
export function combine(members: readonly Member[]): Combined {
  const [only, ...others] = members;
  if (only && others.length === 0) return only;
  const ids = [...new Set(members.flatMap((member) => member.ids))];
  const position = new Map(ids.map((id, i) => [id, i]));
  const positions = members.map((member) =>
    Int32Array.from(member.ids, (id) => position.get(id) as number),
  );
  const memberCounts = new Float64Array(ids.length);
  for (const own of positions) {
    for (const i of own) memberCounts[i] = (memberCounts[i] as number) + 1;
  }

  let probabilities = average(members.map(() => 1));
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const coverages = positions.map((own) =>
      own.reduce((sum, i) => sum + (probabilities[i] as number), 0),
    );
    const next = average(coverages);
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
      const own = positions[m] as Int32Array;
      const weight = weights[m] as number;
      member.probabilities.forEach((p, i) => {
        const at = own[i] as number;
        sums[at] = (sums[at] as number) + (p * weight) / (memberCounts[at] as number);
      });
    });
    const total = sums.reduce((sum, value) => sum + value, 0);
    return sums.map((value) => value / total);
  }
}
