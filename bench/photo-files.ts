/** Makes photos of any size in every format, from a photo in examples/. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { deflateSync } from "node:zlib";
import encodeAvif, { init as initAvif } from "@jsquash/avif/encode.js";
import encodeMozJpeg, { init as initMozJpeg } from "@jsquash/jpeg/encode.js";
import encodeWebp, { init as initWebp } from "@jsquash/webp/encode.js";
import { encode as encodeJpeg } from "jpeg-js";
import { createNodeImageDecoder } from "../cli/platform/node-image-decoder.ts";
import { inspectImage } from "../src/imaging/inspect-image.ts";
import { crc32 } from "../src/imaging/png/crc32.ts";
import { encodeGif } from "../tools/encode-gif.ts";

/** RGBA pixels. */
export type Photo = ImageData & { readonly data: Uint8ClampedArray<ArrayBuffer> };

const require = createRequire(import.meta.url);

/** Tiles mirrored copies of examples/rocket.jpg, with some noise so that the photo compresses badly. */
export async function makePhoto(width: number, height: number): Promise<Photo> {
  const file = await readFile(new URL("../examples/rocket.jpg", import.meta.url));
  const image = await createNodeImageDecoder().decode(file, inspectImage(file), 1000);
  const data = new Uint8ClampedArray(width * height * 4);
  let noise = 1;
  for (let y = 0, at = 0; y < height; y++) {
    const row = mirror(y, image.height) * image.width;
    for (let x = 0; x < width; x++, at += 4) {
      const from = (row + mirror(x, image.width)) * 3;
      noise = (Math.imul(noise, 1664525) + 1013904223) | 0; // the generator of Numerical Recipes
      for (let c = 0; c < 3; c++) data[at + c] = (image.data[from + c] as number) + (noise >> 29);
      data[at + 3] = 255;
    }
  }
  return { width, height, data, colorSpace: "srgb" } as Photo;
}

/** Some formats ignore the quality, which is from 0 to 100. */
type Encoder = (photo: Photo, quality?: number) => Promise<Uint8Array>;

/** The encoders, by the name of their format. */
export const encoders: Readonly<Record<string, Encoder>> = {
  "JPEG baseline": async (photo) => new Uint8Array(encodeJpeg(photo, 85).data),
  "JPEG progressive": async (photo) => {
    await initMozJpeg(await compile("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm"));
    return new Uint8Array(await encodeMozJpeg(photo, { quality: 85, progressive: true }));
  },
  PNG: async (photo) => encodePng(photo),
  GIF: async (photo) => encodeGif(photo),
  WebP: async (photo, quality = 80) => {
    await initWebp(await compile("@jsquash/webp/codec/enc/webp_enc_simd.wasm"));
    return new Uint8Array(await encodeWebp(photo, { quality, method: 0 }));
  },
  AVIF: async (photo, quality = 50) => {
    await initAvif(await compile("@jsquash/avif/codec/enc/avif_enc.wasm"));
    return new Uint8Array(await encodeAvif(photo, { quality, speed: 10 }));
  },
};

/** Encodes 8-bit RGB; the rows use the filter Sub. */
function encodePng({ width, height, data }: Photo): Uint8Array {
  const rowBytes = width * 3 + 1;
  const rows = Buffer.alloc(rowBytes * height);
  for (let y = 0, from = 0; y < height; y++) {
    rows[y * rowBytes] = 1;
    for (let x = 0, to = y * rowBytes + 1; x < width; x++, from += 4) {
      for (let c = 0; c < 3; c++, to++) {
        const left = x === 0 ? 0 : (data[from - 4 + c] as number);
        rows[to] = (data[from + c] as number) - left;
      }
    }
  }
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 1 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

function mirror(position: number, size: number): number {
  const at = position % (2 * size);
  return at < size ? at : 2 * size - 1 - at;
}

async function compile(specifier: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(require.resolve(specifier)));
}
