/** Picks the arm of a split that answers: by weight, and always the same arm for the same caller. */
import { sha256Hex } from "../sha256.ts";

/**
 * Picks an arm.
 *
 * @param name - the alias; the splits of different aliases are independent of each other
 * @param key - identifies the caller or the photo; the same key always gets the same arm
 * @param arms - at least one, with positive weights
 */
export async function pickArm<Arm extends { readonly weight: number }>(
  name: string,
  key: string,
  arms: readonly Arm[],
): Promise<Arm> {
  const [first, ...others] = arms as readonly [Arm, ...Arm[]];
  if (others.length === 0) return first;
  const digest = await sha256Hex(new TextEncoder().encode(`${name}\n${key}`));
  const point = Number.parseInt(digest.slice(0, 8), 16) / 2 ** 32;
  // In relation to the heaviest, because a sum of large weights would be infinite.
  const heaviest = Math.max(...arms.map(({ weight }) => weight));
  const total = arms.reduce((sum, { weight }) => sum + weight / heaviest, 0);
  let below = 0;
  for (const arm of arms) {
    below += arm.weight / heaviest / total;
    if (point < below) return arm;
  }
  // Rounding errors can leave the sum of the weights below 1.
  return arms.at(-1) as Arm;
}
