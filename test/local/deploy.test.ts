/** Builds the Worker with one engine and with both, as `npm run deploy` does, and starts each in workerd. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import type { EngineName } from "../../src/inference/engines/engine.ts";
import { startDeployedWorker } from "../../tools/deployed-worker.ts";
import { seedLocalBucket } from "../../tools/local-worker.ts";
import {
  buildWorker,
  compressedBytes,
  entryPointOf,
  MAX_COMPRESSED_BYTES,
} from "../../tools/worker-bundle.ts";

const photo = await readFile(new URL("../../examples/espresso.jpg", import.meta.url));
const DEPLOY = new URL("../../tools/deploy.ts", import.meta.url).pathname;
/** Strings that only one engine has, in its WebAssembly or in its loader. */
const SIGNS = {
  onnxruntime: /ort-wasm|_OrtInit/,
  litert: /litert_wasm|LiteRtEnvironment/,
} as const satisfies Record<EngineName, RegExp>;

beforeAll(async () => {
  await seedLocalBucket();
});

describe.each<readonly [name: string, engine: EngineName | undefined, answersWith: string]>([
  ["both engines", undefined, "LITERT"],
  ["ONNX Runtime alone", "onnxruntime", "ONNXRUNTIME"],
  ["LiteRT alone", "litert", "LITERT"],
])("the Worker with %s", (_, engine, answersWith) => {
  it("is small enough, has no other engine, and classifies a photo", async () => {
    const bundle = await buildWorker(entryPointOf(engine));
    expect(compressedBytes(bundle)).toBeLessThan(MAX_COMPRESSED_BYTES);
    const text = Object.entries(bundle.modules)
      .flatMap(([name, { type, contents }]) => (type === "esm" ? [name, contents] : [name]))
      .join("\n");
    for (const [name, sign] of Object.entries(SIGNS)) {
      expect(sign.test(text), name).toBe(engine === undefined || engine === name);
    }
    const settings = engine ? { ENGINE: engine } : {};
    const worker = await startDeployedWorker({ bundle, settings });
    try {
      const url = new URL("/classify?topK=1", worker.url);
      const response = await fetch(url, { method: "POST", body: photo });
      expect(await response.json()).toMatchObject({
        predictions: [{ synset: "n07920052" }],
        model: { engine: answersWith },
      });
    } finally {
      await worker.dispose();
    }
  });
});

it("npm run deploy says which engines there are", async () => {
  const failed = promisify(execFile)(process.execPath, [DEPLOY, "--engine", "tflite"]);
  await expect(failed).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--engine is "tflite", but must be onnxruntime or litert.'),
  });
});
