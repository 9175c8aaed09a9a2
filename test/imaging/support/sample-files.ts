/** A small picture in every format, made here so that a lone clone has them too. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import encodeAvif, { init as initAvif } from "@jsquash/avif/encode.js";
import encodeWebp, { init as initWebp } from "@jsquash/webp/encode.js";
import { encode as encodeJpegData } from "jpeg-js";
import UPNG from "upng-js";
import { encodeGif } from "../../../tools/encode-gif.ts";

const require = createRequire(import.meta.url);

/** RGBA pixels. */
export type Rgba = {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
};

/** A smooth picture whose four corners differ, so that every orientation can be told apart. */
export function makePicture(width: number, height: number): Rgba {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      data[at] = (255 * x) / (width - 1);
      data[at + 1] = (255 * y) / (height - 1);
      data[at + 2] = 128 + 64 * Math.sin((x + y) / 5);
      data[at + 3] = 255;
    }
  }
  return { width, height, data };
}

/** JPEG by jpeg-js: baseline, 4:4:4. */
export function encodeJpeg(picture: Rgba, quality = 90): Uint8Array {
  return new Uint8Array(encodeJpegData(picture, quality).data);
}

/** PNG by upng-js: RGBA of 8 bits. */
export function encodePng({ width, height, data }: Rgba): Uint8Array {
  return new Uint8Array(UPNG.encode([data.buffer], width, height, 0));
}

/** The picture in each format. */
export async function encodeAll(picture: Rgba): Promise<Record<string, Uint8Array>> {
  await initWebp(await compile("@jsquash/webp/codec/enc/webp_enc_simd.wasm"));
  await initAvif(await compile("@jsquash/avif/codec/enc/avif_enc.wasm"));
  const pixels = picture as ImageData;
  return {
    jpeg: encodeJpeg(picture),
    png: encodePng(picture),
    gif: encodeGif(picture),
    "webp (lossy)": new Uint8Array(await encodeWebp(pixels, { quality: 80 })),
    "webp (lossless)": new Uint8Array(await encodeWebp(pixels, { lossless: 1 })),
    avif: new Uint8Array(await encodeAvif(pixels, { speed: 10 })),
  };
}

async function compile(specifier: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(require.resolve(specifier)));
}
