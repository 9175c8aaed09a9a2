import { afterAll, beforeAll } from "vitest";
import {
  type LocalWorker,
  type LocalWorkerOptions,
  seedLocalBucket,
  startLocalWorker,
} from "../../tools/local-worker.ts";
import { useWorkspace } from "./workspace.ts";

/** A Worker, and the wrangler.toml beside which its bucket lies. */
export type TestWorker = LocalWorker & { readonly configPath: string };

type Options = Partial<LocalWorkerOptions>;

/** How to start it; or what gives that, and may change the seeded bucket beside wrangler.toml before. */
export type WorkerOptions = Options | ((configPath: string) => Promise<Options>);

/**
 * Starts a Worker with a bucket of its own for the tests of a file, and gives it once they run.
 */
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
