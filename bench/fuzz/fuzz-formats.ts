/** The formats that are fuzzed: a new one is a folder and a row here. */
import { fuzzAvif } from "./avif/fuzz-avif.ts";
import type { FuzzFormat } from "./fuzz-format.ts";
import { fuzzGif } from "./gif/fuzz-gif.ts";
import { fuzzJpeg } from "./jpeg/fuzz-jpeg.ts";
import { fuzzPng } from "./png/fuzz-png.ts";
import { fuzzWebp } from "./webp/fuzz-webp.ts";

export const FUZZ_FORMATS: readonly FuzzFormat[] = [fuzzJpeg, fuzzPng, fuzzWebp, fuzzGif, fuzzAvif];
