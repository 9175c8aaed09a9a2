import { ImageError } from "../errors.ts";
import type { ImageFormat, ImageHeader } from "./image-header.ts";
import type { ImageLimits } from "./limits.ts";

const DECODED_WHOLE: ReadonlySet<ImageFormat> = new Set(["WEBP", "AVIF"]);

/**
 * Checks an image against the limits, before anything is allocated for it.
 *
 * @param fileBytes - encoded size
 * @param decodeBytes - estimated peak memory of decoding it
 * @throws ImageError IMAGE_TOO_LARGE naming the limit, its value and the value met
 */
export function checkLimits(
  header: ImageHeader,
  fileBytes: number,
  decodeBytes: number,
  limits: ImageLimits,
): void {
  const { format, width, height, frames } = header;
  const size = `${width}x${height}`;
  const pixels = width * height;
  const pixelLimit = DECODED_WHOLE.has(format) ? "maxWholePixels" : "maxPixels";
  check("maxBytes", fileBytes, `has ${fileBytes} bytes`);
  check("maxSide", Math.max(width, height), `is ${size} pixels`);
  check(pixelLimit, pixels, `is ${size} = ${pixels} pixels`);
  check("maxFrames", frames, `has ${frames} frames`);
  check("maxDecodeBytes", decodeBytes, `takes about ${decodeBytes} bytes to decode`);

  function check(limit: keyof ImageLimits, value: number, fact: string): void {
    const max = limits[limit];
    if (value <= max) return;
    throw new ImageError(
      "IMAGE_TOO_LARGE",
      `The ${format} ${fact}, but ${limit} is ${max}. Reduce it first: 1024 pixels on the longer side are plenty.`,
      { details: { limit, max, value } },
    );
  }
}
