/** Builds the Worker with one engine and with both, as `npm run deploy` does, and starts each in workerd. */
import { execFile } from "node:child_process";
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

const DEPLOY = new URL("../../tools/deploy.ts", import.meta.url).pathname;
/** Strings that only one engine has, in its WebAssembly or in its loader. */
const SIGNS = {
  onnxruntime: /ort-wasm|_OrtInit/,
  litert: /litert_wasm|LiteRtEnvironment/,
} as const satisfies Record<EngineName, RegExp>;

beforeAll(async () => {
  await seedLocalBucket();
});

describe.each<readonly [name: string, engine: EngineName | undefined]>([
  ["both engines", undefined],
  ["ONNX Runtime alone", "onnxruntime"],
  ["LiteRT alone", "litert"],
])("the Worker with %s", (_, engine) => {
  it("is small enough, has no other engine, and answers", async () => {
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
      const response = await fetch(new URL("/v2/health/live", worker.url));
      expect(response.status).toBe(200);
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
