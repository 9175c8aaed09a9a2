/** The measurements of `npm run bench:engines`. Everything takes turns, so that other load affects all alike. */
import type { WorkerBundle } from "../../tools/worker-bundle.ts";
import { median } from "../median.ts";
import { type BenchWorker, startBenchWorker } from "./bench-worker.ts";
import type { Subject } from "./subjects.ts";

/** Enough for V8 to have optimised everything, which it does in the background. */
const WARM_UP = 60;
const RUNS_PER_TURN = 5;

/** Medians, in milliseconds of CPU time. */
export type EngineFigures = {
  readonly runMs: number;
  /** Loading with an engine that has loaded before. */
  readonly loadMs: number;
  /** From the first request of an isolate: starting the engine, loading, and the first run. */
  readonly coldMs: number;
  /** After the first run; 0 if no cold start was measured. */
  readonly heapBytes: number;
};

export type EngineRounds = { readonly warm: number; readonly cold: number };

/** The setting with which V8 runs: whether it may use AVX-VNNI. */
export type Mode = { readonly vnni: boolean };

/** @returns the figures of each file, for each mode */
export async function measureEngines(
  bundle: WorkerBundle,
  subjects: readonly Subject[],
  modes: readonly Mode[],
  rounds: EngineRounds,
): Promise<ReadonlyMap<Mode, ReadonlyMap<Subject, EngineFigures>>> {
  const places = modes.flatMap((mode) => subjects.map((subject) => makePlace(mode, subject)));
  await measureColdStarts(bundle, places, rounds.cold);
  await measureWarm(bundle, modes, places, rounds.warm);
  return new Map(
    modes.map((mode) => [
      mode,
      new Map(
        places
          .filter((place) => place.mode === mode)
          .map(({ subject, runs, loads, colds, heapBytes }) => [
            subject,
            { runMs: median(runs), loadMs: median(loads), coldMs: median(colds), heapBytes },
          ]),
      ),
    ]),
  );
}

type Place = ReturnType<typeof makePlace>;

function makePlace(mode: Mode, subject: Subject) {
  const lists = { runs: [] as number[], loads: [] as number[], colds: [] as number[] };
  return { mode, subject, ...lists, heapBytes: 0 };
}

async function measureColdStarts(
  bundle: WorkerBundle,
  places: readonly Place[],
  rounds: number,
): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    process.stderr.write(`cold start ${round} of ${rounds} …\n`);
    for (const place of places) {
      const { id } = place.subject;
      const worker = await startBenchWorker(bundle, place.mode);
      try {
        await worker.put(place.subject);
        const { ms, heapBytes } = await worker.act(id, ["load", "run"]);
        place.colds.push(ms);
        place.heapBytes = heapBytes;
      } finally {
        await worker.dispose();
      }
    }
  }
}

async function measureWarm(
  bundle: WorkerBundle,
  modes: readonly Mode[],
  places: readonly Place[],
  rounds: number,
): Promise<void> {
  const workers = new Map<Mode, BenchWorker>();
  try {
    for (const mode of modes) workers.set(mode, await startBenchWorker(bundle, mode));
    const workerOf = ({ mode }: Place) => workers.get(mode) as BenchWorker;
    for (const place of places) {
      const { id } = place.subject;
      process.stderr.write(`warming up ${id} …\n`);
      await workerOf(place).put(place.subject);
      await workerOf(place).act(id, ["load", "load", "run"], WARM_UP);
    }
    for (let round = 1; round <= rounds; round++) {
      process.stderr.write(`round ${round} of ${rounds} …\n`);
      for (const place of places) {
        const { id } = place.subject;
        const { ms } = await workerOf(place).act(id, ["run"], RUNS_PER_TURN);
        place.runs.push(ms / RUNS_PER_TURN);
        place.loads.push((await workerOf(place).act(id, ["load"])).ms);
        // The first run after loading prepares more.
        await workerOf(place).act(id, ["run"]);
      }
    }
  } finally {
    for (const worker of workers.values()) await worker.dispose();
  }
}
