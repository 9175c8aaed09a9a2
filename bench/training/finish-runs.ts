/** Trains what has not been trained yet, each in a separate process. */
import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MEASURED, neededBy, type PlannedRun } from "./planned-run.ts";

const TRAIN_ONE = new URL("train-one.ts", import.meta.url).pathname;

export type Progress = {
  readonly done: number;
  readonly total: number;
  /** Estimated by the work of the runs that were trained just now; undefined before the first is finished. */
  readonly secondsLeft: number | undefined;
};

/**
 * @param out - folder of the experiment; decoded photos are kept there too
 * @param jobs - runs at a time
 * @returns the names of the runs that were trained
 * @throws Error if a run fails, after the others that were under way have ended
 */
export async function finishRuns(
  runs: readonly PlannedRun[],
  out: string,
  jobs: number,
  onProgress: (progress: Progress) => void,
): Promise<string[]> {
  const done = new Set(runs.map(({ name }) => name).filter((name) => isFinished(out, name)));
  const waiting = runs.filter(({ name }) => !done.has(name));
  const total = waiting.reduce((sum, { work }) => sum + work, 0);
  const started = Date.now();
  const trained: string[] = [];
  const running = new Map<string, Promise<void>>();
  let [worked, failure] = [0, undefined as unknown];
  const report = () => {
    const seconds = (Date.now() - started) / 1000;
    const secondsLeft = worked > 0 ? (seconds / worked) * (total - worked) : undefined;
    onProgress({ done: done.size, total: runs.length, secondsLeft });
  };
  const begin = (run: PlannedRun) => {
    const end = trainInProcess(run, out).then(
      () => {
        done.add(run.name);
        trained.push(run.name);
        worked += run.work;
        report();
      },
      (error: unknown) => {
        failure ??= error;
      },
    );
    running.set(
      run.name,
      end.finally(() => running.delete(run.name)),
    );
  };
  report();
  while (failure === undefined) {
    while (running.size < jobs) {
      const next = waiting.findIndex((run) => neededBy(run).every((name) => done.has(name)));
      if (next < 0) break;
      begin(waiting.splice(next, 1)[0] as PlannedRun);
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  await Promise.all(running.values());
  if (failure !== undefined) throw failure;
  return trained;
}

export function isFinished(out: string, name: string): boolean {
  return existsSync(join(out, name, MEASURED));
}

async function trainInProcess(run: PlannedRun, out: string): Promise<void> {
  const child = fork(TRAIN_ONE, [JSON.stringify(run), out], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${run.name} failed: ${said.trim()}`);
}
