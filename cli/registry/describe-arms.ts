import type { Arm } from "../../src/models/aliases.ts";
import { versionName } from "../../src/models/version-ref.ts";

/** What an alias points to: `resnet18@1.0.0`, or `a@1.0.0 90 %, b@1.0.0 10 %`. */
export function describeArms(arms: readonly Arm[] | undefined): string {
  if (arms === undefined) return "nothing";
  if (arms.length === 1) return arms.map(versionName).join();
  const total = arms.reduce((sum, { weight }) => sum + weight, 0);
  return arms.map((arm) => `${versionName(arm)} ${formatShare(arm.weight / total)}`).join(", ");
}

/** In percent, with at most one decimal. */
export function formatShare(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
