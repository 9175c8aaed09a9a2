/** Measures the memory of an isolate of the Worker in which models are loaded one after another. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { EngineName } from "../src/inference/engines/engine.ts";
import { type IsolateHeap, readIsolateHeap } from "../tools/isolate-heap.ts";
import { seedLocalBucket, startLocalWorker } from "../tools/local-worker.ts";

/** Bytes after the last model has answered. */
export type WorkerHeap = IsolateHeap & {
  /** The heap of the engine, which never shrinks. */
  readonly heap: number;
};

const PHOTO = new URL("../examples/espresso.jpg", import.meta.url);

/**
 * Classifies a photo by each of the models in the local bucket, in a new isolate.
 *
 * @param models - `id@version`, in the order of loading
 */
export async function measureWorkerHeap(
  models: readonly string[],
  engine: EngineName,
): Promise<WorkerHeap> {
  await seedLocalBucket();
  const worker = await startLocalWorker({
    port: 0,
    logLevel: "none",
    watch: false,
    inspect: true,
    settings: { ENGINE: engine },
  });
  try {
    const photo = await readFile(PHOTO);
    for (const model of models) {
      // Random bytes after the end of the photo keep cached results from answering.
      const body = new Uint8Array(Buffer.concat([photo, randomBytes(8)]));
      const url = new URL(`/classify?model=${model}`, worker.url);
      const response = await fetch(url, { method: "POST", body });
      if (!response.ok) throw new Error(`${model}: ${await response.text()}`);
      await response.text();
    }
    const metrics = await (await fetch(new URL("/metrics", worker.url))).text();
    const heap = Number(/^resnet_edge_runtime_heap_bytes (\d+)$/m.exec(metrics)?.[1]);
    if (!worker.inspectorUrl) throw new Error("The Worker has no inspector.");
    return { heap, ...(await readIsolateHeap(worker.inspectorUrl, worker.url)) };
  } finally {
    await worker.dispose();
  }
}
