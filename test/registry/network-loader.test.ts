/** A version is not blamed for an image that it cannot run, and is blamed if it runs none. */
import { expect, it } from "vitest";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import { ModelError } from "../../src/errors.ts";
import type { Runtime } from "../../src/inference/runtime.ts";
import { DEFAULT_MEMORY_LIMITS } from "../../src/models/memory-budget.ts";
import { ImageSpecificError } from "../../src/registry/image-specific-error.ts";
import { makeSmallModel } from "../support/small-model.ts";
import { serveModels } from "./support/serve-models.ts";

async function setUp(startRuntime: () => Promise<Runtime> = startNodeRuntime) {
  const small = await makeSmallModel();
  const models = ["1.0.0", "1.1.0"].map((version) => ({
    ...small,
    manifest: { ...small.manifest, version },
  }));
  return serveModels(models, { engines: { onnxruntime: startRuntime } });
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

it("features that are not finite fail when they are read, and not the answer", async () => {
  const { use, health } = await setUp(async () => {
    const runtime = await startNodeRuntime();
    return {
      ...runtime,
      createSession: async (model) => {
        const session = await runtime.createSession(model);
        const run: typeof session.run = async (inputs, names) => {
          const outputs = await session.run(inputs, names);
          const { shape = [], data } = outputs.features ?? {};
          const broken = new Float32Array(data?.length ?? 0).fill(Number.NaN);
          return { ...outputs, features: { type: "float32", shape, data: broken } };
        };
        return { ...session, run };
      },
    };
  });
  const { logits, features } = (await use(tensor(0.1))).value;
  expect(logits.every(Number.isFinite)).toBe(true);
  expect(() => features?.data).toThrow(ModelError);
  expect(health.list()).toEqual([]);
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
