/** ONNX Runtime as the Worker starts it: its memory, its outputs and its errors. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { externaliseWeights } from "../../src/inference/engines/onnxruntime/externalise-weights.ts";
import { startOnnxRuntime } from "../../src/inference/engines/onnxruntime/start-onnxruntime.ts";

const require = createRequire(import.meta.url);
const wasm = await WebAssembly.compile(
  await readFile(require.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm")),
);
const file = new Uint8Array(
  await readFile(new URL("../../models/efficientnet-lite0/int8.onnx", import.meta.url)),
);
const image = { shape: [1, 3, 224, 224], data: Float32Array.from({ length: 150_528 }, Math.sin) };

describe("externaliseWeights", () => {
  it("leaves a small graph that refers to the weights in the file", () => {
    const external = externaliseWeights(file);
    expect(external?.graph.byteLength).toBeLessThan(file.byteLength / 50);
    const text = new TextDecoder("latin1").decode(external?.graph);
    expect(text).toContain(external?.weightsPath);
  });

  it.each([
    ["an empty file", new Uint8Array()],
    ["text", new TextEncoder().encode("This is not an ONNX file.")],
    ["a file that is cut off", file.subarray(0, 1_000_000)],
    ["0xff bytes", new Uint8Array(100).fill(0xff)],
  ])("does not fail for %s", async (_name, bytes) => {
    externaliseWeights(bytes);
    const runtime = await startOnnxRuntime(wasm);
    await expect(runtime.createSession(bytes)).rejects.toThrow(
      /ONNX Runtime cannot load the graph/,
    );
  });
});

describe("startOnnxRuntime", () => {
  it("gives the same outputs in every instance, and needs less than three times the file while it loads", async () => {
    const outputs: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      const runtime = await startOnnxRuntime(wasm);
      const emptyBytes = runtime.heapBytes();
      const session = await runtime.createSession(file);
      // With the weights in the graph, the heap grew by more than four times the file.
      expect(runtime.heapBytes() - emptyBytes).toBeLessThan(3 * file.byteLength);
      const [input = ""] = session.inputNames;
      const { logits } = await session.run({ [input]: image }, ["logits"]);
      expect(logits).toMatchObject({ type: "float32", shape: [1, 1000] });
      outputs.push(logits?.data);
      await session.release();
    }
    expect(outputs[1]).toEqual(outputs[0]);
  });

  it("frees the memory of an instance that nobody refers to", async () => {
    setFlagsFromString("--expose-gc");
    const gc: () => void = runInNewContext("gc");
    let freed = 0;
    const registry = new FinalizationRegistry(() => freed++);
    for (let i = 0; i < 3; i++) registry.register(await startOnnxRuntime(wasm), i);
    await expect
      .poll(() => {
        gc();
        return freed;
      })
      .toBeGreaterThanOrEqual(2);
  });

  it("names inputs and outputs that the graph does not have, and reports a wrong shape", async () => {
    const session = await (await startOnnxRuntime(wasm)).createSession(file);
    const [input = ""] = session.inputNames;
    await expect(session.run({ pixels: image })).rejects.toThrow(/no input "pixels"/);
    await expect(session.run({ [input]: image }, ["scores"])).rejects.toThrow(/no output "scores"/);
    const wrong = { ...image, shape: [1, 3, 112, 448] };
    await expect(session.run({ [input]: wrong })).rejects.toThrow(/cannot run the graph/);
    // The session still works.
    expect(Object.keys(await session.run({ [input]: image }))).toEqual(session.outputNames);
  });
});
