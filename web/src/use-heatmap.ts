import { useState } from "preact/hooks";
import { fetchHeatmap } from "./api/classify-photo.ts";
import type { Job } from "./use-classification.ts";

/** The heat map of one class. */
export type Heatmap = {
  /** Position of the outcome. */
  readonly column: number;
  readonly classId: string;
  /** A data URL; undefined while it is drawn, null if that failed. */
  readonly picture?: string | null;
};

/** Shows one heat map at a time: the one that was asked for last. */
export function useHeatmap(job: Job) {
  const [heatmap, setHeatmap] = useState<Heatmap>();
  const show = async (column: number, classId: string): Promise<void> => {
    if (job.status !== "DONE") return;
    const asked: Heatmap = { column, classId };
    setHeatmap(asked);
    const models = job.outcomes[column]?.models ?? [];
    const picture = await fetchHeatmap(job.source, models, classId).catch(() => null);
    setHeatmap((now) => (now === asked ? { ...asked, picture } : now));
  };
  return { heatmap, show, hide: () => setHeatmap(undefined) };
}
