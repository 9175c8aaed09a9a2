import { useCallback, useRef, useState } from "preact/hooks";
import { ApiError } from "./api/api-error.ts";
import { type Classified, classifyPhoto, type PhotoSource } from "./api/classify-photo.ts";
import { reducePhoto } from "./reduce-photo.ts";

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
  | { readonly status: "PREPARING" }
  | { readonly status: "SENDING"; readonly percent: number }
  | { readonly status: "CLASSIFYING" }
  | { readonly status: "DONE"; readonly source: PhotoSource; readonly outcomes: readonly Outcome[] }
  | { readonly status: "FAILED"; readonly error: ApiError };

/** What to ask. */
export type Task = {
  readonly source: PhotoSource;
  /** Each one model, or an ensemble. */
  readonly columns: readonly (readonly string[])[];
  readonly sendOriginal: boolean;
};

/** Runs one task at a time; a new one takes the place of the one before. */
export function useClassification() {
  const [job, setJob] = useState<Job>({ status: "IDLE" });
  const running = useRef<AbortController>(undefined);

  const cancel = useCallback(() => {
    running.current?.abort();
    running.current = undefined;
    setJob({ status: "IDLE" });
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
      const source = await prepare(task);
      const outcomes: Outcome[] = [];
      for (const models of task.columns) {
        outcomes.push(await ask(source, models, controller.signal, update));
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

async function prepare({ source, sendOriginal }: Task): Promise<PhotoSource> {
  if (source.kind === "URL" || sendOriginal) return source;
  return { ...source, file: await reducePhoto(source.file) };
}

async function ask(
  source: PhotoSource,
  models: readonly string[],
  signal: AbortSignal,
  update: (job: Job) => void,
): Promise<Outcome> {
  update({ status: "SENDING", percent: 0 });
  const start = performance.now();
  const classified = await classifyPhoto(source, models, {
    signal,
    onProgress: ({ sentBytes, totalBytes }) =>
      update(
        sentBytes < totalBytes
          ? { status: "SENDING", percent: Math.floor((100 * sentBytes) / totalBytes) }
          : { status: "CLASSIFYING" },
      ),
  });
  return { models, classified, elapsedMs: Math.round(performance.now() - start) };
}
