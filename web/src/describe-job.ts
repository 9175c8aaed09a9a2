import { answerAt } from "./answer-at.ts";
import type { Answer, Classified } from "./api/classify-photo.ts";
import type { Messages } from "./i18n/en.ts";
import { formatPercent } from "./i18n/language.ts";
import type { Language } from "./i18n/messages.ts";
import type { Job } from "./use-classification.ts";

/** How often an upload is mentioned: a screen reader reads every change aloud. */
const SENDING_STEP_PERCENT = 25;

/** What a screen reader says. Errors are missing: they are alerts. */
export function describeStatus(
  job: Job,
  threshold: number | undefined,
  t: Messages,
  language: Language,
): string {
  switch (job.status) {
    case "PREPARING":
      return t.preparing;
    case "SENDING":
      return t.sending(job.percent - (job.percent % SENDING_STEP_PERCENT));
    case "CLASSIFYING":
      return t.classifying;
    case "CANCELLED":
      return t.cancelled;
    case "DONE":
      return describeAnswer(job, threshold, t, language);
    default:
      return "";
  }
}

/** Title of the tab. */
export function describeTitle(
  job: Job,
  threshold: number | undefined,
  t: Messages,
  language: Language,
): string {
  const state = {
    IDLE: () => "",
    CANCELLED: () => t.cancelled,
    PREPARING: () => t.classifying,
    SENDING: () => t.classifying,
    CLASSIFYING: () => t.classifying,
    DONE: () => describeAnswer(job, threshold, t, language),
    FAILED: () => (job.status === "FAILED" && (t.errors[job.error.code] ?? t.otherError)[0]) || "",
  }[job.status]();
  return state === "" ? t.title : `${state} - resnet-edge`;
}

function describeAnswer(
  job: Job,
  threshold: number | undefined,
  t: Messages,
  language: Language,
): string {
  const classified = job.status === "DONE" ? job.outcomes[0]?.classified : undefined;
  return classified ? describeClassified(classified, threshold, t, language) : "";
}

/** The answer in one line: "espresso, 99% sure". */
export function describeClassified(
  classified: Classified,
  threshold: number | undefined,
  t: Messages,
  language: Language,
): string {
  const answer = answerAt(classified, threshold);
  if (!answer) return t.unknown;
  const sure = t.sure(formatPercent(answer.confidence ?? 0, 0));
  const comma = language === "zh" ? "，" : ", ";
  return `${nameAnswer(answer, t, language)}${comma}${sure}`;
}

/** "espresso", or "probably a kind of food". */
export function nameAnswer(answer: Answer, t: Messages, language: Language): string {
  return joinPhrases([t.answer[answer.kind], answer[language]], language);
}

/** Phrases one after another: Chinese has no spaces between them. */
export function joinPhrases(phrases: readonly (string | undefined)[], language: Language): string {
  return phrases.filter(Boolean).join(language === "zh" ? "" : " ");
}
