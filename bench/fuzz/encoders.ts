/** The encoders of the seeds, with all their options. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import encodeAvifData, { init as initAvif } from "@jsquash/avif/encode.js";
import encodeJpegData, { init as initJpeg } from "@jsquash/jpeg/encode.js";
import encodeWebpData, { init as initWebp } from "@jsquash/webp/encode.js";
import type { Photo } from "../photo-files.ts";

const require = createRequire(import.meta.url);
/** Resolved once for each encoder that is used. */
const started = new Map<string, Promise<unknown>>();

export async function encodeJpeg(
  photo: Photo,
  options: Parameters<typeof encodeJpegData>[1],
): Promise<Uint8Array> {
  await start("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm", initJpeg);
  return new Uint8Array(await encodeJpegData(photo, options));
}

export async function encodeWebp(
  photo: Photo,
  options: Parameters<typeof encodeWebpData>[1],
): Promise<Uint8Array> {
  await start("@jsquash/webp/codec/enc/webp_enc_simd.wasm", initWebp);
  return new Uint8Array(await encodeWebpData(photo, options));
}

export async function encodeAvif(
  photo: Photo,
  options: Omit<NonNullable<Parameters<typeof encodeAvifData>[1]>, "bitDepth">,
): Promise<Uint8Array> {
  await start("@jsquash/avif/codec/enc/avif_enc.wasm", initAvif);
  return new Uint8Array(await encodeAvifData(photo, { speed: 10, ...options }));
}

/** 10 bits for each channel. */
export async function encodeDeepAvif({ width, height, data }: Photo): Promise<Uint8Array> {
  await start("@jsquash/avif/codec/enc/avif_enc.wasm", initAvif);
  const deep = { width, height, data: Uint16Array.from(data, (value) => value << 2) };
  return new Uint8Array(await encodeAvifData(deep, { speed: 10, bitDepth: 10 }));
}

/** A copy whose alpha falls from left to right. */
export function withAlpha(photo: Photo): Photo {
  const data = photo.data.slice();
  for (let i = 3; i < data.length; i += 4) {
    data[i] = 255 - (255 * ((i >> 2) % photo.width)) / photo.width;
  }
  return { ...photo, data };
}

function start(
  wasm: string,
  init: (module: WebAssembly.Module) => Promise<unknown>,
): Promise<unknown> {
  const starting = started.get(wasm) ?? compile(wasm).then(init);
  started.set(wasm, starting);
  return starting;
}

async function compile(specifier: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(require.resolve(specifier)));
}
