/** How much an image may be reduced while it is decoded. */
import { type DctScale, scaledSide } from "./jpeg/jpeg-turbo.ts";

/**
 * Up to this many pixels an image is decoded whole, exactly as Pillow does it: that takes a few
 * milliseconds and megabytes, and reducing first costs the small model accuracy (docs/imaging.md).
 */
const WHOLE_UP_TO_PIXELS = 1_000_000;

/** Width and height in pixels. */
export type Size = { readonly width: number; readonly height: number };

/** The largest DCT reduction that leaves the shorter side at or above `minShorterSide` pixels. */
export function chooseDctScale(size: Size, minShorterSide: number): DctScale {
  if (isDecodedWhole(size)) return 8;
  const shorter = Math.min(size.width, size.height);
  const scales: readonly DctScale[] = [1, 2, 3, 4, 5, 6, 7];
  return scales.find((eighths) => scaledSide(shorter, eighths) >= minShorterSide) ?? 8;
}

/** The largest integer reduction that leaves the shorter side at or above `minShorterSide` pixels. */
export function chooseBoxFactor(size: Size, minShorterSide: number): number {
  if (isDecodedWhole(size)) return 1;
  return Math.max(1, Math.floor(Math.min(size.width, size.height) / minShorterSide));
}

function isDecodedWhole({ width, height }: Size): boolean {
  return width * height <= WHOLE_UP_TO_PIXELS;
}
