/** What only a Worker can give: modules compiled by the build, and work that outlives a request. */
import { waitUntil } from "cloudflare:workers";
import type { CacheStorage } from "@cloudflare/workers-types";
import jpegTurbo from "@cwasm/jpeg-turbo/jpeg-turbo.wasm";
import ortWasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import type { Platform } from "./app.ts";
import type { WebCache } from "./classification/result-cache.ts";
import { CODECS, type CodecModules } from "./imaging/codecs.ts";
import { createImageDecoder } from "./imaging/image-decoder.ts";
import { startOnnxRuntime } from "./inference/engines/onnxruntime.ts";

/** The compiled image codecs; those that few photos need are loaded with the first that does. */
export const codecModules: CodecModules = {
  JPEG: async () => jpegTurbo,
  WEBP: async () => (await import("@cwasm/webp/webp.wasm")).default,
  AVIF: async () => (await import("@jsquash/avif/codec/dec/avif_dec.wasm")).default,
};

/** The platform of an isolate of workerd. */
export const workerPlatform: Platform = {
  imageDecoder: createImageDecoder(CODECS, codecModules),
  startRuntime: () => startOnnxRuntime(ortWasm),
  keepAlive: waitUntil,
  // biome-ignore lint/plugin: GraphQL Yoga's types bring in those of browsers, which know no default cache
  cache: (caches as unknown as CacheStorage).default as unknown as WebCache,
  log: (line) => console.log(line),
};
