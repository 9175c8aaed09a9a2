/** The platform of a Worker: modules compiled by the build, the cache, and work that outlives a request. */
import { waitUntil } from "cloudflare:workers";
// GraphQL Yoga's types include those of browsers, which lack caches.default.
import type { CacheStorage } from "@cloudflare/workers-types";
import jpegTurbo from "@cwasm/jpeg-turbo/jpeg-turbo.wasm";
import type { Platform } from "./app.ts";
import type { WebCache } from "./classification/result-cache.ts";
import { CODECS, type CodecModules } from "./imaging/codecs.ts";
import { createImageDecoder } from "./imaging/image-decoder.ts";
import type { EngineStarters } from "./inference/engines/engine.ts";

/** The compiled image codecs. Those of rarer formats are loaded when the first such image arrives. */
export const codecModules: CodecModules = {
  JPEG: async () => jpegTurbo,
  WEBP: async () => (await import("@cwasm/webp/webp.wasm")).default,
  AVIF: async () => (await import("@jsquash/avif/codec/dec/avif_dec.wasm")).default,
};

export function createWorkerPlatform(engines: EngineStarters): Platform {
  return {
    imageDecoder: createImageDecoder(CODECS, codecModules),
    engines,
    keepAlive: waitUntil,
    // biome-ignore lint/plugin: GraphQL Yoga's types bring in those of browsers, which know no default cache
    cache: (caches as unknown as CacheStorage).default as unknown as WebCache,
    log: (line) => console.log(line),
  };
}
