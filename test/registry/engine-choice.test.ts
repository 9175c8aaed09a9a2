/** The setting and the manifest choose the engine that runs a version. */
import { describe, expect, it } from "vitest";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import { type AppError, fullMessage } from "../../src/errors.ts";
import { toNhwc } from "../../src/imaging/layout.ts";
import { softmax } from "../../src/inference/softmax.ts";
import { makeSmallModel } from "../support/small-model.ts";
import { image, litertFile, serve, small, withLitertFile } from "./support/engine-models.ts";

describe("the setting of the engine", () => {
  it("auto takes LiteRT for a version that has a file for it, and reads no other graph", async () => {
    const { use, networks, reads, lines } = await serve([small]);
    const { value, failed } = await use(image);
    expect(value.engine).toBe("litert");
    expect(failed).toEqual([]);
    expect(reads.filter((key) => /onnx|tflite/.test(key))).toEqual([
      "models/tiny/1.0.0/model.tflite",
    ]);
    expect(networks.heapBytesOf("onnxruntime")).toBe(0);
    expect(networks.heapBytes).toBe(networks.heapBytesOf("litert"));
    expect(lines).toEqual([]);
    expect(networks.listFallbacks()).toEqual([]);
  });

  it("auto takes ONNX Runtime for a version without such a file", async () => {
    const { use, networks, lines } = await serve([await makeSmallModel()]);
    expect((await use(image)).value.engine).toBe("onnxruntime");
    expect(networks.heapBytesOf("litert")).toBe(0);
    expect(lines).toEqual([]);
  });

  it("auto takes ONNX Runtime if the build has no LiteRT", async () => {
    const { use, lines } = await serve([small], { engines: { onnxruntime: startNodeRuntime } });
    expect((await use(image)).value.engine).toBe("onnxruntime");
    expect(lines).toEqual([]);
  });

  it("onnxruntime takes ONNX Runtime, and both engines give almost the same probabilities", async () => {
    const reference = await (await serve([small], { engine: "onnxruntime" })).use(image);
    const { value } = await (await serve([small], { engine: "litert" })).use(image);
    expect(reference.value.engine).toBe("onnxruntime");
    expect(value.engine).toBe("litert");
    const expected = softmax(reference.value.logits);
    for (const [i, p] of softmax(value.logits).entries()) {
      // A level of the last features changes a probability by 0.01 at most.
      expect(Math.abs(p - (expected[i] as number))).toBeLessThan(0.02);
    }
    expect(value.features?.height).toBe(reference.value.features?.height);
    expect(value.embedding).toHaveLength(reference.value.embedding?.length as number);
  });

  it.each(["onnxruntime", "litert"] as const)("%s takes images in both layouts", async (engine) => {
    const { describeModel, networks } = await serve([small], { engine });
    const model = await describeModel();
    const { logits, features } = await networks.run(model, image);
    const pixels = new Float32Array(image.length);
    toNhwc(image, 3, pixels);
    const same = await networks.run(model, pixels, "NHWC");
    expect(same.logits).toEqual(logits);
    expect(same.features?.data).toEqual(features?.data);
    expect(features?.data).not.toBeUndefined();
  });

  it("litert refuses a version without a file for it, and says what to do", async () => {
    const { use, health } = await serve([await makeSmallModel()], { engine: "litert" });
    const error = (await use(image).catch((thrown: unknown) => thrown)) as AppError;
    expect(error.code).toBe("MODEL_UNAVAILABLE");
    expect(error.message).toMatch(/tiny@1\.0\.0 has no file for LiteRT.*publish this one again/);
    expect(health.list()).toHaveLength(1);
  });

  it("litert does not fall back", async () => {
    const broken = await withLitertFile(small, litertFile.slice(0, 1000));
    const { use, networks } = await serve([broken], { engine: "litert" });
    const error = (await use(image).catch((thrown: unknown) => thrown)) as AppError;
    expect(error.code).toBe("MODEL_UNAVAILABLE");
    expect(fullMessage(error)).toContain("LiteRT cannot load the model file");
    expect(networks.heapBytesOf("onnxruntime")).toBe(0);
  });
});
