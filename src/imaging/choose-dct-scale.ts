import { type DctScale, scaledSide } from "./jpeg-turbo.ts";

/**
 * Up to this many pixels a JPEG is decoded whole, exactly as Pillow does it: that takes a few
 * milliseconds and megabytes, and reducing first costs the small model accuracy (docs/imaging.md).
 */
const WHOLE_UP_TO_PIXELS = 1_000_000;

/** The largest reduction that leaves the shorter side at or above `minShorterSide` pixels. */
export function chooseDctScale(
  { width, height }: { readonly width: number; readonly height: number },
  minShorterSide: number,
): DctScale {
  if (width * height <= WHOLE_UP_TO_PIXELS) return 8;
  const shorter = Math.min(width, height);
  const scales: readonly DctScale[] = [1, 2, 3, 4, 5, 6, 7];
  return scales.find((eighths) => scaledSide(shorter, eighths) >= minShorterSide) ?? 8;
}
