/** Builds WebP files from chunks, so that tests can put the chunks together wrongly. */
import encodeWebp from "@jsquash/webp/encode.js";
import { concat } from "./jpeg-builder.ts";
import { encodeAll, makePicture, type Rgba } from "./sample-files.ts";

export type Chunk = { readonly type: string; readonly data: Uint8Array };

export const ALPHA_FLAG = 0x10;
export const EXIF_FLAG = 0x08;
export const ANIMATION_FLAG = 0x02;

export function chunk(type: string, data: Uint8Array | readonly number[]): Uint8Array {
  const header = new Uint8Array(8);
  header.set(Buffer.from(type, "latin1"));
  new DataView(header.buffer).setUint32(4, data.length, true);
  return concat(header, data, data.length % 2 === 1 ? [0] : []);
}

export function webpFile(...chunks: readonly Uint8Array[]): Uint8Array {
  const body = concat([...Buffer.from("WEBP")], ...chunks);
  return chunk("RIFF", body);
}

export function vp8x(flags: number, width: number, height: number): Uint8Array {
  return chunk("VP8X", [flags, 0, 0, 0, ...uint24(width - 1), ...uint24(height - 1)]);
}

/** A frame of an animation; the size is what it claims. */
export function anmf(
  [left, top, width, height]: readonly [number, number, number, number],
  ...chunks: readonly Uint8Array[]
): Uint8Array {
  const position = [...uint24(left / 2), ...uint24(top / 2)];
  const size = [...uint24(width - 1), ...uint24(height - 1)];
  return chunk("ANMF", concat([...position, ...size, 100, 0, 0, 0], ...chunks));
}

/** The chunks of a file. */
export function chunksOf(file: Uint8Array): Chunk[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const chunks: Chunk[] = [];
  for (let at = 12; at + 8 <= file.length; ) {
    const end = at + 8 + view.getUint32(at + 4, true);
    const type = Buffer.from(file.subarray(at, at + 4)).toString("latin1");
    chunks.push({ type, data: file.subarray(at + 8, end) });
    at = end + (end % 2);
  }
  return chunks;
}

/** The chunk of a type, as it stands in a file. */
export function takeChunk(file: Uint8Array, type: string): Uint8Array {
  const found = chunksOf(file).find((candidate) => candidate.type === type);
  if (!found) throw new Error(`The file has no ${type} chunk.`);
  return chunk(type, found.data);
}

/** A picture that becomes more transparent from left to right, in noise if its alpha is hard to compress. */
export function makeTransparent({ width, height, data }: Rgba, noisy = false): Rgba {
  const faded = data.slice();
  for (let i = 0; i < width * height; i++)
    faded[i * 4 + 3] = noisy ? (i * 2_654_435_761) >>> 24 : ((i % width) * 255) / width;
  return { width, height, data: faded };
}

type Options = Parameters<typeof encodeWebp>[1];

/** Encodes with libwebp. */
export async function encode(picture: Rgba, options: Options): Promise<Uint8Array> {
  // The first call of encodeAll loads the encoder.
  ready ??= encodeAll(makePicture(2, 2));
  await ready;
  return new Uint8Array(await encodeWebp(picture as ImageData, options));
}

let ready: Promise<unknown> | undefined;

/** The data of a VP8L chunk that asks for 65,536 groups of prefix codes, each of codes that take no bits. */
export function groupBomb(width: number, height: number): Uint8Array {
  const bits: number[] = [];
  const write = (value: number, count: number) => {
    for (let i = 0; i < count; i++) bits.push((value >> i) & 1);
  };
  /** A code of one symbol of 8 bits. */
  const single = (symbol: number) => {
    write(0b101, 3);
    write(symbol, 8);
  };
  write(0x2f, 8);
  write(width - 1, 14);
  write(height - 1, 14);
  // No alpha, version 0; no transform; no colour cache; groups, one for each 4x4 pixels.
  write(0, 1 + 3);
  write(0, 1);
  write(0, 1);
  write(1, 1);
  write(0, 3);
  // The picture of group numbers: no colour cache, green and red 255.
  write(0, 1);
  for (const symbol of [255, 255, 0, 0, 0]) single(symbol);
  for (let group = 0; group < 65_536; group++)
    for (let code = 0; code < 5; code++) write(0b0001, 4);
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => {
    (bytes[i >> 3] as number) |= bit << (i & 7);
  });
  return bytes;
}

function uint24(value: number): number[] {
  return [value & 255, (value >> 8) & 255, value >> 16];
}
