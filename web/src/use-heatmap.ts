import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "./api/api-error.ts";
import { type Explanation, type Framing, fetchExplanation } from "./api/classify-photo.ts";
import type { Job } from "./use-classification.ts";

/** The heat map of one class. */
export type Heatmap = {
  /** Position of the outcome. */
  readonly column: number;
  readonly classId: string;
  /** Undefined while it is drawn, null if that failed. */
  readonly explanation?: Explanation | null;
  /** When the service will draw it, in seconds; undefined if it did not say. */
  readonly retryAfterSeconds?: number | undefined;
};

/** Shows one heat map at a time: the one that was asked for last, of the job that is shown. */
export function useHeatmap(job: Job, framing: Framing) {
  const [shown, setShown] = useState<{ readonly job: Job; readonly heatmap: Heatmap }>();
  const running = useRef<AbortController>(undefined);
  // A map of the photo before must neither appear nor cost anything more.
  useEffect(() => () => running.current?.abort(), [job]);

  const hide = (): void => {
    running.current?.abort();
    setShown(undefined);
  };
  const show = async (column: number, classId: string): Promise<void> => {
    if (job.status !== "DONE") return;
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const heatmap: Heatmap = { column, classId };
    setShown({ job, heatmap });
    const question = { models: job.outcomes[column]?.models ?? [], framing };
    const drawn = await fetchExplanation(job.source, question, classId, controller.signal).then(
      (explanation) => ({ explanation }),
      (error: unknown) => ({
        explanation: null,
        retryAfterSeconds: error instanceof ApiError ? error.retryAfterSeconds : undefined,
      }),
    );
    if (running.current !== controller || controller.signal.aborted) return;
    setShown({ job, heatmap: { ...heatmap, ...drawn } });
  };
  return { heatmap: shown?.job === job ? shown.heatmap : undefined, show, hide };
}
