import { useCallback, useRef, useState } from "preact/hooks";
import { ApiError } from "./api/api-error.ts";
import {
  type Classified,
  classifyPhoto,
  type PhotoSource,
  type Question,
} from "./api/classify-photo.ts";
import { preparePhoto } from "./prepare-photo.ts";

/** What one model, or an ensemble, said. */
export type Outcome = {
  readonly models: readonly string[];
  readonly classified: Classified;
  /** From sending to the answer. */
  readonly elapsedMs: number;
};

/** How far a photo is. */
export type Job =
  | { readonly status: "IDLE" }
  | { readonly status: "CANCELLED" }
  | { readonly status: "PREPARING" }
  | { readonly status: "SENDING"; readonly percent: number }
  | { readonly status: "CLASSIFYING" }
  | { readonly status: "DONE"; readonly source: PhotoSource; readonly outcomes: readonly Outcome[] }
  | { readonly status: "FAILED"; readonly error: ApiError };

/** A photo, and what to ask about it. */
export type Task = {
  readonly source: PhotoSource;
  readonly sendOriginal: boolean;
  /** Gives the questions, at least one. */
  readonly ask: () => Promise<readonly Question[]>;
};

/** Runs one task at a time. A new task replaces the running one. */
export function useClassification() {
  const [job, setJob] = useState<Job>({ status: "IDLE" });
  const running = useRef<AbortController>(undefined);

  const cancel = useCallback(() => {
    running.current?.abort();
    running.current = undefined;
    setJob({ status: "CANCELLED" });
  }, []);

  const run = useCallback(async (task: Task): Promise<readonly Outcome[] | undefined> => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const update = (next: Job) => {
      if (running.current === controller) setJob(next);
    };
    try {
      update({ status: "PREPARING" });
      const source = await preparePhoto(task.source, task.sendOriginal);
      const outcomes: Outcome[] = [];
      for (const question of await task.ask()) {
        const outcome = await answer(source, question, controller.signal, update);
        if (outcome) outcomes.push(outcome);
      }
      update({ status: "DONE", source, outcomes });
      return running.current === controller ? outcomes : undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code !== "CANCELLED") update({ status: "FAILED", error });
      return undefined;
    }
  }, []);

  return { job, run, cancel };
}

/** @returns undefined if these models cannot answer together */
async function answer(
  source: PhotoSource,
  question: Question,
  signal: AbortSignal,
  update: (job: Job) => void,
): Promise<Outcome | undefined> {
  update({ status: "SENDING", percent: 0 });
  const start = performance.now();
  try {
    const classified = await classifyPhoto(source, question, {
      signal,
      onProgress: ({ sentBytes, totalBytes }) =>
        update(
          sentBytes < totalBytes
            ? { status: "SENDING", percent: Math.floor((100 * sentBytes) / totalBytes) }
            : { status: "CLASSIFYING" },
        ),
    });
    const elapsedMs = Math.round(performance.now() - start);
    return { models: question.models, classified, elapsedMs };
  } catch (error) {
    if (isImpossibleEnsemble(error, question)) return undefined;
    throw error;
  }
}

/** Models with different classes, or too large for the memory together. Each has answered on its own by now. */
function isImpossibleEnsemble(error: unknown, { models }: Question): boolean {
  return models.length > 1 && error instanceof ApiError && error.code === "BAD_USER_INPUT";
}
