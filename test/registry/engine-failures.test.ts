/** If LiteRT fails, ONNX Runtime answers the same request, and nothing else stops working. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startOwnNodeLitert } from "../../cli/platform/node-litert.ts";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import type { EngineStarters } from "../../src/inference/engines/engine.ts";
import type { LabelSpec } from "../../src/labels/class-spec.ts";
import { ImageSpecificError } from "../../src/registry/image-specific-error.ts";
import { makeSmallLitertModel } from "../support/small-litert-model.ts";
import { makeSmallModel, type SmallModel } from "../support/small-model.ts";
import {
  brittleLitert,
  image,
  litertFile,
  serve,
  small,
  withLitertFile,
} from "./support/engine-models.ts";

const other = { ...small, manifest: { ...small.manifest, id: "other" } };

function stopClock() {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
}

describe("a failure of LiteRT", () => {
  const flip = (at: number) => {
    const bytes = litertFile.slice();
    for (let i = at; i < Math.min(at + 16, bytes.length); i++) bytes[i] = ~(bytes[i] as number);
    return bytes;
  };

  it.each<[what: string, make: () => Promise<SmallModel>, reason: RegExp]>([
    [
      "is truncated",
      () => withLitertFile(small, litertFile.slice(0, litertFile.length / 2)),
      /LiteRT cannot load/,
    ],
    ["begins with flipped bytes", () => withLitertFile(small, flip(0)), /LiteRT cannot load/],
    [
      "is not the one in the manifest",
      async () => ({ ...small, files: new Map([...small.files, ["model.tflite", flip(5000)]]) }),
      /SHA-256/,
    ],
    [
      "is missing",
      async () => ({
        ...small,
        files: new Map([...small.files].filter(([path]) => path !== "model.tflite")),
      }),
      /does not exist/,
    ],
    [
      "has other classes",
      async () => {
        const labels: LabelSpec = { table: "imagenet1k", classes: ["n02123159", "n07920052"] };
        const { files } = await makeSmallLitertModel({ labels });
        return withLitertFile(small, files.get("model.tflite") as Uint8Array<ArrayBuffer>);
      },
      /gave 2 logits/,
    ],
  ])("of a file that %s is answered by ONNX Runtime, and logged once", async (_, make, reason) => {
    const { use, networks, health, lines } = await serve([await make()]);
    for (let i = 0; i < 3; i++) {
      const { value, failed } = await use(image);
      expect(value.engine).toBe("onnxruntime");
      expect(failed).toEqual([]);
    }
    expect(health.list()).toEqual([]);
    expect(lines).toEqual([
      expect.objectContaining({
        level: "warn",
        event: "engine-fallback",
        engine: "litert",
        model: "tiny@1.0.0",
        code: "MODEL_UNAVAILABLE",
        reason: expect.stringMatching(reason),
        fix: expect.stringMatching(/Publish the version again.*ENGINE to "onnxruntime"/),
      }),
    ]);
    const [listed, ...others] = networks.listFallbacks();
    expect(others).toEqual([]);
    expect(listed).toMatchObject({ engine: "litert", model: "tiny@1.0.0" });
    expect(JSON.stringify(listed)).not.toContain("models/");
  });

  it("does not concern other versions, which LiteRT still runs", async () => {
    const broken = await withLitertFile(small, litertFile.slice(0, 1000));
    const { use } = await serve([broken, other]);
    expect((await use(image, "other@1.0.0")).value.engine).toBe("litert");
    expect((await use(image)).value.engine).toBe("onnxruntime");
    expect((await use(image, "other@1.0.0")).value.engine).toBe("litert");
    expect((await use(image)).value.engine).toBe("onnxruntime");
  });

  it("is over when LiteRT can run the version again, which is tried after a while", async () => {
    stopClock();
    const { use, objects, networks, lines } = await serve([small]);
    const key = "models/tiny/1.0.0/model.tflite";
    objects.delete(key);
    expect((await use(image)).value.engine).toBe("onnxruntime");
    objects.set(key, litertFile);
    vi.setSystemTime(Date.now() + 59_000);
    expect((await use(image)).value.engine).toBe("onnxruntime");
    vi.setSystemTime(Date.now() + 2_000);
    expect((await use(image)).value.engine).toBe("litert");
    expect(networks.listFallbacks()).toEqual([]);
    expect(lines.map(({ event }) => event)).toEqual(["engine-fallback", "engine-recovered"]);
  });

  it("that starts concerns every version, and is tried less and less often", async () => {
    stopClock();
    let starts = 0;
    const litert = () => {
      starts++;
      return Promise.reject(new Error("no WebAssembly"));
    };
    const { use, networks, lines } = await serve([small, other], {
      engines: { onnxruntime: startNodeRuntime, litert },
    });
    expect((await use(image)).value.engine).toBe("onnxruntime");
    expect((await use(image, "other@1.0.0")).value.engine).toBe("onnxruntime");
    expect(starts).toBe(1);
    expect(networks.listFallbacks()).toEqual([
      expect.objectContaining({
        engine: "litert",
        reason: expect.stringMatching(/does not start/),
      }),
    ]);
    expect(networks.listFallbacks()[0]).not.toHaveProperty("model");
    for (const [seconds, expected] of [
      [61, 2],
      [61, 2],
      [60, 3],
    ] as const) {
      vi.setSystemTime(Date.now() + seconds * 1000);
      await use(image);
      expect(starts).toBe(expected);
    }
    expect(lines.filter(({ event }) => event === "engine-fallback")).toHaveLength(1);
    expect(lines[0]).toMatchObject({ reason: expect.stringContaining("no WebAssembly") });
  });

  it("in the middle of its work is answered by ONNX Runtime, and LiteRT is started again", async () => {
    stopClock();
    let starts = 0;
    let isBroken = false;
    const start = brittleLitert(() => isBroken);
    const litert = () => {
      starts++;
      return start();
    };
    const { use, networks } = await serve([small], {
      engines: { onnxruntime: startNodeRuntime, litert },
    });
    expect((await use(image)).value.engine).toBe("litert");
    isBroken = true;
    expect((await use(image)).value.engine).toBe("onnxruntime");
    expect(networks.heapBytesOf("litert")).toBe(0);
    isBroken = false;
    vi.setSystemTime(Date.now() + 61_000);
    expect((await use(image)).value.engine).toBe("litert");
    expect(starts).toBe(2);
  });

  it("is not assumed if ONNX Runtime fails too", async () => {
    const { use, objects, networks, health, lines } = await serve([small]);
    const [model, litert] = ["int8.onnx", "model.tflite"].map(
      (name) => `models/tiny/1.0.0/${name}`,
    );
    objects.delete(model as string);
    objects.delete(litert as string);
    for (let i = 0; i < 2; i++) await expect(use(image)).rejects.toThrow();
    expect(networks.listFallbacks()).toEqual([]);
    expect(health.list()).toHaveLength(1);
    // The log has the reasons of both engines, each once.
    const reasons = lines.map(({ event, reason }) => `${event}: ${reason}`);
    expect(reasons).toEqual([
      expect.stringMatching(/^engine-failed: .*model\.tflite/),
      expect.stringMatching(/int8\.onnx/),
    ]);
    objects.set(litert as string, litertFile);
    expect((await use(image)).value.engine).toBe("litert");
  });

  it("leaves ONNX Runtime and its networks alone, and the other way round", async () => {
    let isBroken = false;
    const onnxruntime: EngineStarters["onnxruntime"] = async () => {
      const runtime = await startNodeRuntime();
      const createSession: typeof runtime.createSession = (model) =>
        isBroken ? Promise.reject(new Error("aborted")) : runtime.createSession(model);
      return { ...runtime, createSession };
    };
    const plain = await makeSmallModel({ id: "plain" });
    const broken = await withLitertFile(
      { ...small, manifest: { ...small.manifest, id: "broken" } },
      litertFile.slice(0, 1000),
    );
    const third = await makeSmallModel({ id: "third" });
    const { use, networks, health } = await serve([small, plain, broken, third], {
      engines: { onnxruntime, litert: startOwnNodeLitert },
    });
    await use(image, "plain@1.0.0");
    await use(image, "broken@1.0.0");
    const { loads } = networks;
    await use(image, "plain@1.0.0");
    expect(networks.loads).toBe(loads);
    await use(image);
    isBroken = true;
    await expect(use(image, "third@1.0.0")).rejects.toThrow();
    expect(health.list()).toMatchObject([{ model: "third@1.0.0", code: "MODEL_UNAVAILABLE" }]);
    const before = networks.loads;
    expect((await use(image)).value.engine).toBe("litert");
    expect(networks.loads).toBe(before);
  });
});

it("an image that only LiteRT cannot run starts no other engine", async () => {
  const litert = brittleLitert((data) => data[1] === image[1]);
  const { use, networks } = await serve([small], {
    engines: { onnxruntime: startNodeRuntime, litert },
  });
  await expect(use(image)).rejects.toThrow(ImageSpecificError);
  expect(networks.heapBytesOf("onnxruntime")).toBe(0);
  expect(networks.listFallbacks()).toEqual([]);
});
