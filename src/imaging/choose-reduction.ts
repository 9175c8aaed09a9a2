/** How much an image may be reduced while it is decoded. */

/**
 * Up to this many pixels an image is decoded whole, exactly as Pillow does it: that takes a few
 * milliseconds and megabytes, and reducing first costs the small model accuracy (docs/imaging.md).
 */
const WHOLE_UP_TO_PIXELS = 1_000_000;

/** In pixels. */
export type Size = { readonly width: number; readonly height: number };

/** The largest integer reduction that leaves the shorter side at or above `minShorterSide` pixels. */
export function chooseBoxFactor(size: Size, minShorterSide: number): number {
  if (!isReduced(size)) return 1;
  return Math.max(1, Math.floor(Math.min(size.width, size.height) / minShorterSide));
}

/** Whether an image is large enough to be reduced while it is decoded. */
export function isReduced({ width, height }: Size): boolean {
  return width * height > WHOLE_UP_TO_PIXELS;
}
