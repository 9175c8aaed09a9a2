import { answerAt } from "./answer-at.ts";
import type { Classified, PhotoSource } from "./api/classify-photo.ts";
import { modelName } from "./api/published-models.ts";
import { messages } from "./i18n/messages.ts";
import { makeThumbnail } from "./reduce-photo.ts";
import type { HistoryEntry } from "./session-history.ts";
import type { Outcome } from "./use-classification.ts";

/**
 * What the history keeps of a photo and its first outcome.
 *
 * @param threshold - undefined if nobody chose one
 */
export async function makeHistoryEntry(
  photo: PhotoSource,
  { classified }: Pick<Outcome, "classified">,
  threshold: number | undefined,
): Promise<HistoryEntry> {
  const thumbnail = photo.kind === "FILE" ? await makeThumbnail(photo.file) : undefined;
  return { ...describeOutcome(photo, classified, threshold), thumbnail };
}

/**
 * The entry of a photo without its picture.
 *
 * @param error - the code of the reason why there is no answer
 */
export function describeOutcome(
  photo: PhotoSource,
  classified: Classified | undefined,
  threshold: number | undefined,
  error = "",
): HistoryEntry {
  const answer = classified && answerAt(classified, threshold);
  const unknown = classified !== undefined;
  return {
    time: new Date().toISOString(),
    name: photo.kind === "FILE" ? photo.name : photo.url,
    thumbnail: undefined,
    models: classified?.votes.map(({ model }) => modelName(model)).join(" + ") ?? "",
    kind: answer?.kind ?? (unknown ? "UNKNOWN" : ""),
    id: answer?.id ?? "",
    synset: answer?.synset ?? "",
    en: answer?.en ?? (unknown ? messages.en.unknown : ""),
    zh: answer?.zh ?? (unknown ? messages.zh.unknown : ""),
    confidence: answer?.confidence ?? undefined,
    threshold,
    predictions:
      classified?.predictions.map(({ id, en, zh, confidence }) => ({ id, en, zh, confidence })) ??
      [],
    error,
  };
}
