/** A version is not blamed for an image that it cannot run, and is blamed if it runs none. */
import { expect, it } from "vitest";
import { readLabelSources } from "../../cli/platform/label-sources.ts";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import { MemoryLedger } from "../../src/concurrency/memory-ledger.ts";
import { parseConfig } from "../../src/config.ts";
import { ModelError } from "../../src/errors.ts";
import type { Runtime } from "../../src/inference/runtime.ts";
import { labelClasses } from "../../src/labels/label-classes.ts";
import { createLog } from "../../src/log.ts";
import { DEFAULT_MEMORY_LIMITS } from "../../src/models/memory-budget.ts";
import { ImageSpecificError } from "../../src/registry/image-specific-error.ts";
import { ModelBucket } from "../../src/registry/model-bucket.ts";
import { ModelCatalog } from "../../src/registry/model-catalog.ts";
import { ModelHealth } from "../../src/registry/model-health.ts";
import { NetworkLoader } from "../../src/registry/network-loader.ts";
import { Versions } from "../../src/registry/versions.ts";
import { makeSmallModel } from "../support/small-model.ts";

const keepAlive = () => {};
const log = createLog(() => {});

async function setUp(startRuntime: () => Promise<Runtime> = startNodeRuntime) {
  const { manifest, files } = await makeSmallModel();
  const objects = new Map<string, Uint8Array>();
  const putJson = (key: string, value: unknown) =>
    objects.set(key, new TextEncoder().encode(JSON.stringify(value)));
  for (const version of ["1.0.0", "1.1.0"]) {
    for (const [path, bytes] of files) objects.set(`models/tiny/${version}/${path}`, bytes);
    putJson(`models/tiny/${version}/manifest.json`, { ...manifest, version });
  }
  putJson("aliases.json", {
    schemaVersion: 1,
    aliases: { default: { model: "tiny", version: "1.0.0" } },
  });
  const bucket = new ModelBucket({
    get: async (key) => {
      const bytes = objects.get(key);
      if (!bytes) return null;
      const arrayBuffer = async () => Uint8Array.from(bytes).buffer;
      return { size: bytes.byteLength, body: { cancel: async () => {} }, arrayBuffer };
    },
    head: async (key) => (objects.has(key) ? {} : null),
    list: async () => ({
      objects: [...objects.keys()].map((key) => ({ key, uploaded: new Date(0) })),
      truncated: false,
    }),
  });
  const sources = await readLabelSources();
  const catalog = new ModelCatalog(bucket, {
    sources,
    aliasesTtlMs: 30_000,
    labelMap: undefined,
    onError: () => {},
    keepAlive,
    log,
  });
  const health = new ModelHealth(30_000, log);
  const versions = new Versions(catalog, health);
  const networks = new NetworkLoader(bucket, {
    engines: { onnxruntime: startRuntime },
    engineOf: () => "auto",
    log,
    limits: DEFAULT_MEMORY_LIMITS,
    memory: new MemoryLedger(parseConfig({}).memory),
    keepAlive,
  });
  const use = async (tensor: Float32Array, name?: string) =>
    versions.use(await catalog.candidates(name), "key", (model) => networks.run(model, tensor));
  expect(labelClasses(manifest.labels, sources)).toHaveLength(5);
  return { use, health };
}

const tensor = (value: number) => new Float32Array(3 * 32 * 32).fill(value);

it("an image whose logits are not finite is refused, but the version stays good for others", async () => {
  const { use, health } = await setUp();
  for (let i = 0; i < 3; i++) {
    await expect(use(tensor(Number.POSITIVE_INFINITY))).rejects.toThrow(ImageSpecificError);
    expect(health.list()).toEqual([]);
    const { value, failed } = await use(tensor(0.1));
    expect([...value.logits].every(Number.isFinite)).toBe(true);
    expect(failed).toEqual([]);
  }
});

it("a runtime that does not start is a typed error", async () => {
  const { use, health } = await setUp(() => Promise.reject(new Error("no WebAssembly")));
  const error = await use(tensor(0)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ModelError);
  expect(error).not.toBeInstanceOf(ImageSpecificError);
  expect(health.list()).toHaveLength(1);
});

it("a runtime that fails in the middle of a run is a typed error, and the version is tried again", async () => {
  let isBroken = false;
  const { use, health } = await setUp(async () => {
    const runtime = await startNodeRuntime();
    return {
      ...runtime,
      createSession: async (model) => {
        const session = await runtime.createSession(model);
        const run: typeof session.run = async (inputs, outputs) => {
          if (isBroken) throw new RangeError("WebAssembly.Memory.grow(): failed to grow memory");
          return session.run(inputs, outputs);
        };
        return { ...session, run };
      },
    };
  });
  await use(tensor(0));
  isBroken = true;
  await expect(use(tensor(0))).rejects.toThrow(ModelError);
  expect(health.list()).toHaveLength(1);
  isBroken = false;
  expect((await use(tensor(0))).failed).toEqual([]);
  expect(health.list()).toEqual([]);
});

it("a heap that outgrew its limit does not keep other models out for ever", async () => {
  let starts = 0;
  const { use, health } = await setUp(async () => {
    const runtime = await startNodeRuntime();
    starts++;
    let grown = 0;
    return {
      ...runtime,
      // The first network takes much more than estimated.
      createSession: (model) => {
        grown = starts === 1 ? DEFAULT_MEMORY_LIMITS.heapBytes + 1 : 0;
        return runtime.createSession(model);
      },
      heapBytes: () => grown,
    };
  });
  await use(tensor(0.1), "tiny@1.0.0");
  expect((await use(tensor(0.1), "tiny@1.0.0")).failed).toEqual([]);
  expect(starts).toBe(1);
  const { value, failed } = await use(tensor(0.1), "tiny@1.1.0");
  expect(failed).toEqual([]);
  expect(value.logits).toHaveLength(5);
  expect(starts).toBe(2);
  expect(health.list()).toEqual([]);
});
