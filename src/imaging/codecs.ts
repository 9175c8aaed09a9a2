/** The formats that can be decoded: a new one is a folder, and a row here and in formats.ts. */
import { avifCodec } from "./avif/codec.ts";
import type { ModulesOf } from "./codec.ts";
import { gifCodec } from "./gif/codec.ts";
import { jpegCodec } from "./jpeg/codec.ts";
import { pngCodec } from "./png/codec.ts";
import { webpCodec } from "./webp/codec.ts";

/** Codecs that reduce large images while they decode them, if the format allows it. */
export const CODECS = [jpegCodec, pngCodec, webpCodec, gifCodec, avifCodec] as const;

/** The compiled WebAssembly of {@link CODECS}: workerd forbids compiling at run time. */
export type CodecModules = ModulesOf<typeof CODECS>;
