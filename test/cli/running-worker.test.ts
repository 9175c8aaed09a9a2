/** Changes of aliases and versions while a Worker runs. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLocalStore } from "../../cli/buckets/local-store.ts";
import { promote } from "../../cli/commands/model/promote.ts";
import { publish } from "../../cli/commands/model/publish.ts";
import { rollback } from "../../cli/commands/model/rollback.ts";
import { type LocalWorker, startLocalWorker } from "../../tools/local-worker.ts";
import { useWorkspace } from "../support/workspace.ts";
import { makeModelFolder } from "./support/make-model.ts";

const workspace = useWorkspace();

describe("a running Worker", () => {
  let worker: LocalWorker;
  const options = () => ["--config", workspace().config];

  beforeAll(async () => {
    for (const [i, version] of ["1.0.0", "1.1.0"].entries()) {
      const path = join(workspace().folder, `worker-${version}`);
      await makeModelFolder(path, { version, bias: i });
      await publish.run([path, "--promote", "default", ...options()]);
    }
    worker = await startLocalWorker({
      port: 0,
      logLevel: "none",
      watch: false,
      configPath: workspace().config,
      settings: { ALIASES_TTL_SECONDS: "0", RESULT_CACHE_SECONDS: "0" },
    });
  });

  afterAll(() => worker?.dispose());

  async function answeringVersion(): Promise<string> {
    const body = await readFile(new URL("../../examples/cat.jpg", import.meta.url));
    const response = await fetch(new URL("/classify", worker.url), { method: "POST", body });
    expect(response.status).toBe(200);
    return ((await response.json()) as { model: { version: string } }).model.version;
  }

  it("follows model promote and model rollback", async () => {
    expect(await answeringVersion()).toBe("1.1.0");
    await rollback.run(["default", ...options()]);
    expect(await answeringVersion()).toBe("1.0.0");
    await promote.run(["default", "tiny@1.1.0", ...options()]);
    expect(await answeringVersion()).toBe("1.1.0");
  });

  it("answers with the previous version if the present one is damaged", async () => {
    const store = await openLocalStore(workspace().config);
    const path = join(workspace().folder, "worker-1.2.0");
    await makeModelFolder(path, { version: "1.2.0", bias: 2 });
    await publish.run([path, "--promote", "default", ...options()]);
    const key = "models/tiny/1.2.0/fp32.onnx";
    const object = await store.get(key);
    if (!object) throw new Error(`${key} is missing.`);
    object.bytes[100] = (object.bytes[100] as number) ^ 1;
    await store.put(key, object.bytes, { ifMatch: object.etag });
    await store.close();
    expect(await answeringVersion()).toBe("1.1.0");
    const ready = await fetch(new URL("/v2/health/ready", worker.url));
    expect(await ready.json()).toMatchObject({
      ready: true,
      model: { id: "tiny", version: "1.1.0" },
      warnings: [{ model: "tiny@1.2.0", alias: "default" }],
    });
    await rollback.run(["default", ...options()]);
    expect(await answeringVersion()).toBe("1.1.0");
    const after = await fetch(new URL("/v2/health/ready", worker.url));
    expect(await after.json()).toMatchObject({ ready: true, warnings: [] });
  });
});
