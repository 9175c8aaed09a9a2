/** What loading a network costs, in a runtime of its own: a thread that has loaded nothing else. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { readModelFolder } from "../cli/model/model-folder.ts";
import { startNodeRuntime } from "../cli/platform/node-runtime.ts";
import { openSession } from "./open-session.ts";

/** What was measured. */
export type SessionCost = {
  readonly fileBytes: number;
  readonly loadMs: number;
  /** Of ONNX Runtime, after the first run. */
  readonly heapBytes: number;
};

/** Loads and runs the model of a folder. */
export function measureSession(folder: string): Promise<SessionCost> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: folder });
    worker.on("message", resolve);
    worker.on("error", reject);
  });
}

if (!isMainThread && typeof workerData === "string") {
  const { manifest } = await readModelFolder(workerData);
  const { bytes } = manifest.files.model;
  // Once before, so that the disk is not measured.
  await readFile(join(workerData, manifest.files.model.path));
  const runtime = await startNodeRuntime();
  const before = performance.now();
  const session = await openSession(workerData);
  const loadMs = performance.now() - before;
  await session.run();
  parentPort?.postMessage({ fileBytes: bytes, loadMs, heapBytes: runtime.heapBytes() });
}
