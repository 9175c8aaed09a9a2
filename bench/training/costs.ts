/** What the runs cost. */
import { dirname } from "node:path";
import { formatMarkdown } from "./compare-settings.ts";
import { isFinished } from "./finish-runs.ts";
import { mean } from "./paired-difference.ts";
import type { PlannedRun } from "./planned-run.ts";
import { readMeasured } from "./read-measured.ts";

export type Cost = {
  /** Photos and setting, such as `flowers-100/augmented`. */
  readonly setting: string;
  readonly finished: number;
  readonly planned: number;
  /** CPU time of a run; null if all were interrupted. */
  readonly cpuSeconds: number | null;
  readonly peakBytes: number;
};

export async function sumCosts(out: string, runs: readonly PlannedRun[]): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (const [setting, all] of Map.groupBy(runs, ({ name }) => dirname(name))) {
    const finished = all.filter(({ name }) => isFinished(out, name));
    const measured = await Promise.all(finished.map(({ name }) => readMeasured(out, name)));
    const times = measured.flatMap(({ cpuSeconds }) => cpuSeconds ?? []);
    costs.push({
      setting,
      finished: finished.length,
      planned: all.length,
      cpuSeconds: times.length > 0 ? mean(times) : null,
      peakBytes: Math.max(0, ...measured.map(({ peakBytes }) => peakBytes)),
    });
  }
  return costs;
}

/** A table in Markdown. */
export function describeCosts(costs: readonly Cost[]): string {
  const total = costs.reduce(
    (sum, { cpuSeconds, planned }) => sum + (cpuSeconds ?? 0) * planned,
    0,
  );
  return `${formatMarkdown(
    ["photos and setting", "runs", "CPU time of a run", "peak memory"],
    costs
      .filter(({ finished }) => finished > 0)
      .map(({ setting, finished, planned, cpuSeconds, peakBytes }) => [
        setting,
        finished === planned ? `${planned}` : `${finished} of ${planned}`,
        cpuSeconds === null ? "–" : `${cpuSeconds.toFixed(0)} s`,
        `${(peakBytes / 1e6).toFixed(0)} MB`,
      ]),
  )}\nCPU time of all runs: ${(total / 3600).toFixed(2)} hours.\n`;
}
