import type { Overlay } from "./components/photo-view.tsx";
import type { Language } from "./i18n/messages.ts";
import type { Outcome } from "./use-classification.ts";
import type { Heatmap } from "./use-heatmap.ts";

/** What to lay over the photo; undefined while there is no picture. */
export function makeOverlay(
  heatmap: Heatmap | undefined,
  outcomes: readonly Outcome[],
  opacity: number,
  language: Language,
): Overlay | undefined {
  if (!heatmap?.picture) return undefined;
  const classified = outcomes[heatmap.column]?.classified;
  const prediction = classified?.predictions.find(({ id }) => id === heatmap.classId);
  const model = classified?.votes[0]?.model;
  if (!prediction || !model) return undefined;
  const { cropFraction } = model;
  return { picture: heatmap.picture, label: prediction[language], opacity, cropFraction };
}
