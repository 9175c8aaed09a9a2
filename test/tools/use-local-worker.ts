import { afterAll, beforeAll } from "vitest";
import {
  type LocalWorker,
  type LocalWorkerOptions,
  seedLocalBucket,
  startLocalWorker,
} from "../../tools/local-worker.ts";

/** Starts a Worker for the tests of a file, and gives it once they run. */
export function useLocalWorker(options: Partial<LocalWorkerOptions> = {}): () => LocalWorker {
  let worker: LocalWorker;
  beforeAll(async () => {
    await seedLocalBucket();
    worker = await startLocalWorker({ port: 0, logLevel: "none", watch: false, ...options });
  }, 60_000);
  afterAll(() => worker?.dispose());
  return () => worker;
}
