/** Which of the versions that a name means answers: by weight, and for one caller always the same. */
import { sha256Hex } from "../sha256.ts";

/**
 * Picks an arm.
 *
 * @param name - the alias: two splits are drawn independently of each other
 * @param key - of the caller or the photo: the same key always gets the same arm
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
  const share = Number.parseInt(digest.slice(0, 8), 16) / 2 ** 32;
  const total = arms.reduce((sum, { weight }) => sum + weight, 0);
  let below = 0;
  for (const arm of arms) {
    below += arm.weight / total;
    if (share < below) return arm;
  }
  // The weights' sum may fall short of 1 by a rounding error.
  return arms.at(-1) as Arm;
}
