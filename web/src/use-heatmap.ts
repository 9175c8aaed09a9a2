import { useState } from "preact/hooks";
import { fetchHeatmap } from "./api/classify-photo.ts";
import type { Job } from "./use-classification.ts";

/** The heat map of one prediction. */
export type Heatmap = {
  /** Position of the outcome. */
  readonly column: number;
  /** Of the prediction, from 1. */
  readonly rank: number;
  /** A data URL; undefined while it is drawn, null where that failed. */
  readonly picture?: string | null;
};

/** Shows one heat map at a time; the latest that was asked for. */
export function useHeatmap(job: Job) {
  const [heatmap, setHeatmap] = useState<Heatmap>();
  const show = async (column: number, rank: number): Promise<void> => {
    if (job.status !== "DONE") return;
    setHeatmap({ column, rank });
    const models = job.outcomes[column]?.models ?? [];
    const picture = await fetchHeatmap(job.source, models, rank).catch(() => null);
    setHeatmap((now) =>
      now?.column === column && now.rank === rank ? { column, rank, picture } : now,
    );
  };
  return { heatmap, show, hide: () => setHeatmap(undefined) };
}
