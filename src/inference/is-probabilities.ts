/** How far the sum may be from 1: a quantised softmax has 256 levels. */
const TOLERANCE = 0.02;

/** Whether numbers look like a distribution over classes: none is negative, and their sum is 1. */
export function isProbabilities(values: ArrayLike<number>): boolean {
  const list = Array.from(values);
  const sum = list.reduce((total, value) => total + value, 0);
  return list.every((value) => value >= 0) && Math.abs(sum - 1) < TOLERANCE;
}
