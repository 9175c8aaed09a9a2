import { ImageError } from "../errors.ts";
import type { ImageHeader } from "./image-header.ts";
import type { ImageLimits } from "./limits.ts";

/**
 * Checks an image's header against the limits, before anything is allocated for it.
 *
 * @throws ImageError IMAGE_TOO_LARGE naming the limit, its value and the value met
 */
export function checkLimits(bytes: Uint8Array, header: ImageHeader, limits: ImageLimits): void {
  const { width, height } = header;
  const size = `${width}x${height}`;
  check("maxBytes", limits.maxBytes, bytes.byteLength, `has ${bytes.byteLength} bytes`);
  check("maxSide", limits.maxSide, Math.max(width, height), `is ${size} pixels`);
  check("maxPixels", limits.maxPixels, width * height, `is ${size} = ${width * height} pixels`);
}

function check(limit: keyof ImageLimits, max: number, value: number, fact: string): void {
  if (value <= max) return;
  throw new ImageError(
    "IMAGE_TOO_LARGE",
    `The image ${fact}, but ${limit} is ${max}. Reduce it first: 1024 pixels on the longer side are plenty.`,
    { details: { limit, max, value } },
  );
}
