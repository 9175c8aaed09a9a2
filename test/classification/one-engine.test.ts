/** One answer is that of one engine, even if an engine fails between two tiles. */
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { createNodeImageDecoder } from "../../cli/platform/node-image-decoder.ts";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import { createPassRunner } from "../../src/classification/run-pass.ts";
import { AdmissionQueue } from "../../src/concurrency/admission-queue.ts";
import { parseConfig } from "../../src/config.ts";
import { ImageFile } from "../../src/imaging/image-file.ts";
import type { EngineSetting } from "../../src/inference/engines/engine.ts";
import type { Runtime } from "../../src/inference/runtime.ts";
import { brittleLitert, serve, small } from "../registry/support/engine-models.ts";

const keepAlive = () => {};

/** Adds 1 to all outputs, so that they can be told apart. */
function shifted(start: () => Promise<Runtime>): () => Promise<Runtime> {
  return async () => {
    const runtime = await start();
    const createSession: Runtime["createSession"] = async (model) => {
      const session = await runtime.createSession(model);
      const run: typeof session.run = async (inputs, names) => {
        const outputs = Object.entries(await session.run(inputs, names));
        return Object.fromEntries(
          outputs.map(([name, tensor]) => {
            const data = (tensor.data as Float32Array).map((value) => value + 1);
            return [name, { ...tensor, data }];
          }),
        );
      };
      return { ...session, run };
    };
    return { ...runtime, createSession };
  };
}

async function runTiles(engine: EngineSetting, litertRuns: number) {
  let runs = 0;
  const litert = shifted(brittleLitert(() => ++runs > litertRuns));
  const { networks, memory, describeModel } = await serve([small], {
    engine,
    engines: { onnxruntime: startNodeRuntime, litert },
  });
  const runPass = createPassRunner({
    decoder: createNodeImageDecoder(),
    imageLimits: parseConfig({}).imageLimits,
    networks,
    resultCache: undefined,
    keepAlive,
  });
  const photo = new URL("../../examples/cat.jpg", import.meta.url);
  const file = new ImageFile(new Uint8Array(await readFile(photo)));
  const { bytes, header } = file;
  const image = { bytes, byteLength: bytes.byteLength, header, sha256: await file.sha256() };
  return runPass(image, await describeModel(), {
    framing: "TILES",
    turns: new AdmissionQueue(1, keepAlive).open(),
    useCache: false,
    memory: memory.open(),
  });
}

it("runs all tiles with the engine that takes over", async () => {
  const expected = await runTiles("onnxruntime", 0);
  const whole = await runTiles("auto", 100);
  const interrupted = await runTiles("auto", 1);
  expect(expected.parts.length).toBeGreaterThan(1);
  expect([expected.engine, whole.engine, interrupted.engine]).toEqual([
    "onnxruntime",
    "litert",
    "onnxruntime",
  ]);
  expect(interrupted.parts).toEqual(expected.parts);
  expect(whole.parts).not.toEqual(expected.parts);
});
