import { readFile } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { compileNodeLitert, startNodeLitert } from "../../cli/platform/node-litert.ts";
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import { convertGraph } from "../../src/graphs/tflite/convert-graph.ts";
import { writeTflite } from "../../src/graphs/tflite/write-tflite.ts";
import type { LitertModule } from "../../src/inference/engines/litert/litert-module.ts";
import { loadLitert } from "../../src/inference/engines/litert/load-litert.ts";
import { startLitert } from "../../src/inference/engines/litert/start-litert.ts";
import { makeSmallLitertModel } from "../support/small-litert-model.ts";

const MODEL = new URL("../../models/efficientnet-lite0/int8.onnx", import.meta.url);
const SHAPE = [1, 3, 224, 224];

it("reuses the memory of released networks", async () => {
  const litert = await startNodeLitert();
  const file = writeTflite(
    convertGraph(readModel(new Uint8Array(await readFile(MODEL)), "model", 224)),
  );
  const data = new Float32Array(SHAPE.reduce((product, side) => product * side, 1));
  const sizes: number[] = [];
  for (let i = 0; i < 20; i++) {
    const session = await litert.createSession(file);
    await session.run({ input: { shape: SHAPE, data } });
    await session.release();
    sizes.push(litert.heapBytes());
  }
  expect(sizes.at(-1)).toBe(sizes[1]);
});

it("says that a file is not a network, and still loads others", async () => {
  const litert = await startNodeLitert();
  await expect(litert.createSession(new Uint8Array(100))).rejects.toThrow(/LiteRT cannot load/);
  const file = writeTflite(
    convertGraph(readModel(new Uint8Array(await readFile(MODEL)), "model", 224)),
  );
  await (await litert.createSession(file)).release();
});

it("refuses an input of another size than the model's", async () => {
  const { files } = await makeSmallLitertModel();
  const session = await (await startNodeLitert()).createSession(
    files.get("model.tflite") as Uint8Array,
  );
  const run = (side: number) =>
    session.run({
      input: { shape: [1, 3, side, side], data: new Float32Array(3 * side * side) },
    });
  for (const side of [16, 33, 64]) await expect(run(side)).rejects.toThrow(/takes an input of/);
  expect((await run(32)).logits?.shape).toEqual([1, 5]);
  await session.release();
});

it("frees the memory of an instance that nobody refers to", async () => {
  setFlagsFromString("--expose-gc");
  const gc: () => void = runInNewContext("gc");
  let freed = 0;
  const registry = new FinalizationRegistry(() => freed++);
  const wasm = await compileNodeLitert();
  const { files } = await makeSmallLitertModel();
  for (let i = 0; i < 3; i++) {
    const runtime = await startLitert(wasm, (options) =>
      loadLitert({
        ...options,
        instantiateWasm: (imports, receive) =>
          options.instantiateWasm(imports, (instance, module) => {
            registry.register(instance, i);
            receive(instance, module);
          }),
      }),
    );
    await runtime.createSession(files.get("model.tflite") as Uint8Array);
  }
  await expect
    .poll(() => {
      gc();
      return freed;
    })
    .toBeGreaterThanOrEqual(2);
});

it("fails if the loader does not use the given module", async () => {
  const empty = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
  const loader = async () => ({}) as LitertModule;
  await expect(startLitert(empty, loader)).rejects.toThrow(/starts differently/);
});
