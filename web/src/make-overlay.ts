import type { Region } from "./api/classify-photo.ts";
import type { Language } from "./i18n/messages.ts";
import type { Outcome } from "./use-classification.ts";
import type { Heatmap } from "./use-heatmap.ts";

/** A heat map to lay over the photo. */
export type Overlay = {
  /** A PNG with alpha as a data URL. */
  readonly picture: string;
  readonly label: string;
  /** 0 to 1. */
  readonly opacity: number;
  /** The part of the photo that it covers. */
  readonly region: Region;
  /** Who drew it. */
  readonly model: string;
};

/** What to lay over the photo; undefined while there is no picture. */
export function makeOverlay(
  heatmap: Heatmap | undefined,
  outcomes: readonly Outcome[],
  opacity: number,
  language: Language,
): Overlay | undefined {
  if (!heatmap?.explanation) return undefined;
  const { predictions } = outcomes[heatmap.column]?.classified ?? {};
  const prediction = predictions?.find(({ id }) => id === heatmap.classId);
  if (!prediction) return undefined;
  const { heatmap: picture, region, model } = heatmap.explanation;
  const drawnBy = `${model.architecture} ${model.version}`;
  return { picture, label: prediction[language], opacity, region, model: drawnBy };
}
