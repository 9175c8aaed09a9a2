import { answerAt } from "./answer-at.ts";
import type { PhotoSource } from "./api/classify-photo.ts";
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
  const answer = answerAt(classified, threshold);
  return {
    time: new Date().toISOString(),
    name: photo.kind === "FILE" ? photo.name : photo.url,
    thumbnail: photo.kind === "FILE" ? await makeThumbnail(photo.file) : undefined,
    models: classified.votes.map(({ model }) => modelName(model)).join(" + "),
    id: answer?.id ?? "",
    synset: answer?.synset ?? "",
    en: answer?.en ?? messages.en.unknown,
    zh: answer?.zh ?? messages.zh.unknown,
    confidence: answer?.confidence ?? classified.answers[0]?.confidence ?? 0,
  };
}
