import { ImageError } from "../errors.ts";
import type { AnyCodec } from "./codec.ts";
import type { CommonHeader } from "./common-header.ts";

/** Limits that are checked on the header, before anything is allocated for the image. */
export type ImageLimits = {
  /** Encoded size in bytes. */
  readonly maxBytes: number;
  /** Longer side in pixels. */
  readonly maxSide: number;
  /** Width times height of formats that are reduced while they are decoded, such as JPEG. */
  readonly maxPixels: number;
  /** Width times height of formats that are decoded whole, such as WebP. */
  readonly maxWholePixels: number;
  /** Frames of an animation, of which only the first is decoded. */
  readonly maxFrames: number;
  /** Estimated peak memory of decoding, in bytes. */
  readonly maxDecodeBytes: number;
  /** Estimated CPU time of decoding, in milliseconds. */
  readonly maxDecodeMs: number;
};

/** For a Cloudflare Worker, which has 128 MB of memory. */
export const DEFAULT_IMAGE_LIMITS: ImageLimits = {
  maxBytes: 10 * 1024 * 1024,
  maxSide: 65_535,
  maxPixels: 100_000_000,
  maxWholePixels: 25_000_000,
  maxFrames: 10_000,
  maxDecodeBytes: 60_000_000,
  maxDecodeMs: 3500,
};

/** What an image is going to cost. */
export type ImageCost = {
  /** Encoded size in bytes. */
  readonly fileBytes: number;
  /** Estimated peak memory of decoding, in bytes. */
  readonly decodeBytes: number;
  /** Estimated CPU time of decoding, in milliseconds. */
  readonly decodeMs: number;
};

/** @throws ImageError IMAGE_TOO_LARGE naming the limit, its value and the value met */
export function checkLimits(
  { name, pixelLimit }: Pick<AnyCodec, "name" | "pixelLimit">,
  { width, height, frames }: CommonHeader,
  { fileBytes, decodeBytes, decodeMs }: ImageCost,
  limits: ImageLimits,
): void {
  const size = `${width}x${height}`;
  const pixels = width * height;
  check("maxBytes", fileBytes, `has ${fileBytes} bytes`);
  check("maxSide", Math.max(width, height), `is ${size} pixels`);
  check(pixelLimit, pixels, `is ${size} = ${pixels} pixels`);
  check("maxFrames", frames, `has ${frames} frames`);
  check("maxDecodeBytes", decodeBytes, `takes about ${decodeBytes} bytes to decode`);
  check("maxDecodeMs", Math.ceil(decodeMs), `takes about ${Math.ceil(decodeMs)} ms to decode`);

  function check(limit: keyof ImageLimits, value: number, fact: string): void {
    const max = limits[limit];
    if (value <= max) return;
    throw new ImageError(
      "IMAGE_TOO_LARGE",
      `The ${name} ${fact}, but ${limit} is ${max}. Reduce it first: 1024 pixels on the longer side are enough.`,
      { details: { limit, max, value } },
    );
  }
}
