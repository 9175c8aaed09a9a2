/** Pictures of one color or of noise, by a real encoder. Large ones take seconds, so they are kept. */
import { encoders, type Photo } from "../../photo-files.ts";

export type PlainParams = {
  readonly width: number;
  readonly height: number;
  readonly quality: number;
  readonly noise: boolean;
  readonly alpha: boolean;
};

const made = new Map<string, Promise<Buffer>>();
const MAX_KEPT = 20;

/** @param format - a key of `encoders` */
export function encodePlain(format: "WebP" | "AVIF", params: PlainParams): Promise<Buffer> {
  const key = JSON.stringify([format, params]);
  const known = made.get(key) ?? encode(format, params);
  if (made.size >= MAX_KEPT) made.clear();
  made.set(key, known);
  return known;
}

async function encode(format: "WebP" | "AVIF", params: PlainParams): Promise<Buffer> {
  const { width, height, quality, noise, alpha } = params;
  const data = new Uint8ClampedArray(width * height * 4).fill(90);
  let state = 1;
  for (let at = 0; at < data.length; at += 4) {
    if (noise) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0; // the generator of Numerical Recipes
      data[at] = state >>> 24;
    }
    data[at + 3] = alpha ? at & 127 : 255;
  }
  const photo = { width, height, data, colorSpace: "srgb" } as Photo;
  const encoder = encoders[format];
  if (!encoder) throw new Error(`bench/photo-files.ts has no encoder for ${format}.`);
  return Buffer.from(await encoder(photo, quality));
}
