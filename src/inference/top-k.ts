/** One class and its probability. */
export type RankedClass = { readonly classIndex: number; readonly confidence: number };

/** Up to here, keeping the best so far costs less than sorting. */
const MAX_KEPT = 32;

/**
 * Returns the `k` most probable classes, most probable first. Equally probable classes are in class order.
 *
 * @param probabilities - [N]
 * @param k - 1 to N
 */
export function topK(probabilities: Float64Array, k: number): RankedClass[] {
  const indices = k <= MAX_KEPT ? keepBest(probabilities, k) : sortAll(probabilities).slice(0, k);
  return Array.from(indices, (classIndex) => ({
    classIndex,
    confidence: probabilities[classIndex] as number,
  }));
}

function keepBest(probabilities: Float64Array, k: number): number[] {
  const best: number[] = [];
  let lowest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < probabilities.length; i++) {
    const probability = probabilities[i] as number;
    if (best.length === k && probability <= lowest) continue;
    if (best.length === k) best.pop();
    let at = best.length;
    while (at > 0 && (probabilities[best[at - 1] as number] as number) < probability) at--;
    best.splice(at, 0, i);
    lowest = probabilities[best.at(-1) as number] as number;
  }
  return best;
}

function sortAll(probabilities: Float64Array): Uint32Array {
  const indices = Uint32Array.from(probabilities.keys());
  return indices.sort(
    (a, b) => (probabilities[b] as number) - (probabilities[a] as number) || a - b,
  );
}
