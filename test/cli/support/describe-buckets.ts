/** Buckets to try the commands on: real R2 on this machine, directly and by the S3 API. */
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { openLocalStore } from "../../../cli/buckets/local-store.ts";
import type { ModelStore } from "../../../cli/buckets/model-store.ts";
import { openS3Store } from "../../../cli/buckets/s3-store.ts";
import type { CliError } from "../../../cli/cli-error.ts";
import { publish } from "../../../cli/commands/model/publish.ts";
import type { Command, Outcome } from "../../../cli/define-command.ts";
import { ALIASES_KEY, type StoredAliases } from "../../../src/models/aliases.ts";
import { DEFAULT_MEMORY_LIMITS } from "../../../src/models/memory-budget.ts";
import { useWorkspace } from "../../support/workspace.ts";
import { makeModelFolder } from "./make-model.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";

const SECRET = "secret";

/** A bucket that is empty before each test, and ways to use it. */
export type BucketStage = {
  /** Options of the command line that select it. */
  readonly options: readonly string[];
  readonly store: ModelStore;
  /** An empty folder for each test. */
  readonly folder: string;
  run(command: Command, ...args: string[]): Promise<Outcome>;
  /** Runs a command that must fail, and gives the error. */
  refuse(command: Command, ...args: string[]): Promise<CliError>;
  /** What an alias points to, as aliases.json has it. */
  pointsTo(alias: string): Promise<StoredAliases["aliases"][string] | undefined>;
  /** Publishes versions of a tiny network, from folders `tiny-VERSION`. */
  publishTiny(...versions: string[]): Promise<void>;
};

/** Starts R2's S3 API over the workspace's bucket, with the keys in the environment. */
export function useS3Server(workspace: ReturnType<typeof useWorkspace>): () => S3Server {
  let s3: S3Server;
  beforeAll(async () => {
    const { config, folder } = workspace();
    s3 = await startS3Server(config, join(folder, "s3"));
    process.env.R2_ACCESS_KEY_ID = s3.accessKeyId;
    process.env.R2_SECRET_ACCESS_KEY = SECRET;
  });
  afterAll(() => s3?.close());
  return () => s3;
}

/** How to reach a bucket; a command takes a second longer to open a local one. */
type Way = "local" | "S3";

/** Describes tests of a way to a bucket, or of both. */
export function describeBuckets(
  tests: (stage: BucketStage) => void,
  only: readonly Way[] = ["local", "S3"],
): void {
  const workspace = useWorkspace();
  const s3 = useS3Server(workspace);
  const ways = {
    local: async () => {
      const { config } = workspace();
      return { options: ["--config", config], store: await openLocalStore(config) };
    },
    S3: async () => ({
      options: ["--remote", "--endpoint", s3().endpoint, "--bucket", s3().bucket],
      store: openS3Store({ ...s3(), secretAccessKey: SECRET, memoryLimits: DEFAULT_MEMORY_LIMITS }),
    }),
  };
  describe.each(only.map((way) => [way, ways[way]] as const))("a bucket (%s)", (_, openWay) => {
    let way: Awaited<ReturnType<typeof openWay>>;
    let folder: string;
    const stage: BucketStage = {
      get options() {
        return way.options;
      },
      get store() {
        return way.store;
      },
      get folder() {
        return folder;
      },
      run: (command, ...args) => command.run([...args, ...way.options]),
      refuse: (command, ...args) =>
        stage.run(command, ...args).then(
          () => expect.unreachable("It was not refused."),
          (error: CliError) => error,
        ),
      pointsTo: async (alias) => {
        const object = await way.store.get(ALIASES_KEY);
        const stored: StoredAliases = JSON.parse(new TextDecoder().decode(object?.bytes) || "{}");
        return stored.aliases?.[alias];
      },
      async publishTiny(...versions) {
        for (const [i, version] of versions.entries()) {
          const path = join(folder, `tiny-${version}`);
          await makeModelFolder(path, { version, bias: i });
          await stage.run(publish, path);
        }
      },
    };
    beforeAll(async () => {
      way = await openWay();
    });
    afterAll(() => way?.store.close());
    beforeEach(async () => {
      folder = await mkdtemp(join(workspace().folder, "models-"));
      await way.store.delete((await way.store.list("")).map(({ key }) => key));
    });
    tests(stage);
  });
}
