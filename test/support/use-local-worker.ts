import { afterAll, beforeAll } from "vitest";
import {
  type LocalWorker,
  type LocalWorkerOptions,
  seedLocalBucket,
  startLocalWorker,
} from "../../tools/local-worker.ts";
import { useWorkspace } from "./workspace.ts";

/** A Worker, and the path of the wrangler.toml whose folder contains its bucket. */
export type TestWorker = LocalWorker & { readonly configPath: string };

type Options = Partial<LocalWorkerOptions>;

/** The options, or a function that returns them and can change the seeded bucket before the start. */
export type WorkerOptions = Options | ((configPath: string) => Promise<Options>);

/** Starts a Worker with its own bucket for the tests of a file. The returned function works inside tests only. */
export function useLocalWorker(options: WorkerOptions = {}): () => TestWorker {
  const workspace = useWorkspace();
  let worker: TestWorker;
  beforeAll(async () => {
    const configPath = workspace().config;
    await seedLocalBucket(configPath);
    const given = typeof options === "function" ? await options(configPath) : options;
    const settings = { port: 0, logLevel: "none", watch: false, configPath } as const;
    worker = { ...(await startLocalWorker({ ...settings, ...given })), configPath };
  });
  afterAll(() => worker?.dispose());
  return () => worker;
}
