import { type AliasMeaning, armsOf, targetName } from "../../src/models/aliases.ts";

/** What a name means, in words: `resnet18@1.0.0`, or `a@1.0.0 90 %, b@1.0.0 10 %`. */
export function describeMeaning(meaning: AliasMeaning | undefined): string {
  if (meaning === undefined) return "nothing";
  const arms = armsOf(meaning);
  const total = arms.reduce((sum, { weight }) => sum + weight, 0);
  if (arms.length === 1) return arms.map(targetName).join();
  return arms.map((arm) => `${targetName(arm)} ${formatShare(arm.weight / total)}`).join(", ");
}

/** In percent, without needless digits. */
export function formatShare(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
