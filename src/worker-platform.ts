/** The platform of a Worker: modules compiled by the build, the cache, and work that outlives a request. */
import { waitUntil } from "cloudflare:workers";
// GraphQL Yoga's types include those of browsers, which lack caches.default.
import type { CacheStorage } from "@cloudflare/workers-types";
import jpegTurbo from "@cwasm/jpeg-turbo/jpeg-turbo.wasm";
import type { Platform } from "./app.ts";
import type { WebCache } from "./classification/result-cache.ts";
import { CODECS, type CodecModules } from "./imaging/codecs.ts";
import { createImageDecoder } from "./imaging/image-decoder.ts";
import type { Runtime } from "./inference/runtime.ts";

/** The compiled image codecs. Those of rarer formats are loaded when the first such image arrives. */
export const codecModules: CodecModules = {
  JPEG: async () => jpegTurbo,
  WEBP: async () => (await import("@cwasm/webp/webp.wasm")).default,
  AVIF: async () => (await import("@jsquash/avif/codec/dec/avif_dec.wasm")).default,
};

/** The engines. Their code is imported when the first network needs it: an isolate pays for those that it uses. */
async function startOnnxRuntimeInWorker(): Promise<Runtime> {
  const [{ startOnnxRuntime }, { default: wasm }] = await Promise.all([
    import("./inference/engines/onnxruntime/start-onnxruntime.ts"),
    import("onnxruntime-web/ort-wasm-simd-threaded.wasm"),
  ]);
  return startOnnxRuntime(wasm);
}

export async function startLitertInWorker(): Promise<Runtime> {
  const [{ startLitert }, { default: wasm }] = await Promise.all([
    import("./inference/engines/litert/start-litert.ts"),
    import("@litertjs/core/wasm/litert_wasm_internal.wasm"),
  ]);
  return startLitert(wasm);
}

export const workerPlatform: Platform = {
  imageDecoder: createImageDecoder(CODECS, codecModules),
  engines: { onnxruntime: startOnnxRuntimeInWorker, litert: startLitertInWorker },
  keepAlive: waitUntil,
  // biome-ignore lint/plugin: GraphQL Yoga's types bring in those of browsers, which know no default cache
  cache: (caches as unknown as CacheStorage).default as unknown as WebCache,
  log: (line) => console.log(line),
};
