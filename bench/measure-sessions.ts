/** Measures the cost of loading networks. Each load has its own runtime, in a new thread. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { readModelFolder } from "../cli/models/model-folder.ts";
import { startNodeRuntime } from "../cli/platform/node-runtime.ts";
import { openSession } from "./open-session.ts";

const ROUNDS = 7;

export type SessionCost = {
  readonly fileBytes: number;
  /** Median of several loads, which take turns with the other networks. */
  readonly loadMs: number;
  /** Size of ONNX Runtime's heap after the first run. */
  readonly heapBytes: number;
};

export async function measureSessions(folders: readonly string[]): Promise<SessionCost[]> {
  const costs = folders.map((): SessionCost[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, folder] of folders.entries()) costs[i]?.push(await measureOnce(folder));
  }
  return costs.map(
    (list) => list.sort((a, b) => a.loadMs - b.loadMs)[list.length >> 1] as SessionCost,
  );
}

function measureOnce(folder: string): Promise<SessionCost> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: folder });
    worker.on("message", resolve);
    worker.on("error", reject);
  });
}

if (!isMainThread && typeof workerData === "string") {
  const { manifest } = await readModelFolder(workerData);
  const { bytes } = manifest.files.model;
  // Read once before, so that the disk is not measured.
  await readFile(join(workerData, manifest.files.model.path));
  const runtime = await startNodeRuntime();
  const before = performance.now();
  const session = await openSession(workerData);
  const loadMs = performance.now() - before;
  await session.run();
  parentPort?.postMessage({ fileBytes: bytes, loadMs, heapBytes: runtime.heapBytes() });
}
