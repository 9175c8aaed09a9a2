/** Models with a file for LiteRT, and the engines of Node that run them. */
import { startOwnNodeLitert } from "../../../cli/platform/node-litert.ts";
import { startNodeRuntime } from "../../../cli/platform/node-runtime.ts";
import type { EngineStarters } from "../../../src/inference/engines/engine.ts";
import type { Runtime } from "../../../src/inference/runtime.ts";
import { describeFile, makeSmallLitertModel } from "../../support/small-litert-model.ts";
import type { SmallModel } from "../../support/small-model.ts";
import { type ServeOptions, serveModels } from "./serve-models.ts";

export const BOTH: EngineStarters = {
  onnxruntime: startNodeRuntime,
  litert: startOwnNodeLitert,
};

/** An input of the small models. */
export const image = Float32Array.from({ length: 3 * 32 * 32 }, (_, i) => Math.sin(i / 7));

export const small = await makeSmallLitertModel();
export const litertFile = small.files.get("model.tflite") as Uint8Array<ArrayBuffer>;

/** The model with another file for LiteRT, which the manifest describes. */
export async function withLitertFile(
  { manifest, files }: SmallModel,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<SmallModel> {
  const litert = await describeFile("model.tflite", bytes);
  return {
    manifest: { ...manifest, files: { ...manifest.files, litert } },
    files: new Map([...files, ["model.tflite", bytes]]),
  };
}

/** Serves models with both engines. */
export function serve(models: readonly SmallModel[], options: Partial<ServeOptions> = {}) {
  return serveModels(models, { engines: BOTH, ...options });
}

/** LiteRT, whose runs `isRefused` can make fail. */
export function brittleLitert(isRefused: (data: Float32Array) => boolean): () => Promise<Runtime> {
  return async () => {
    const runtime = await startOwnNodeLitert();
    return {
      ...runtime,
      createSession: async (model) => {
        const session = await runtime.createSession(model);
        const run: typeof session.run = async (inputs, outputs) => {
          if (isRefused(inputs.input?.data as Float32Array)) {
            throw new WebAssembly.RuntimeError("unreachable");
          }
          return session.run(inputs, outputs);
        };
        return { ...session, run };
      },
    };
  };
}
