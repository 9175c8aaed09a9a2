/** How much a JPEG is reduced in the DCT domain. */
import { isReduced, type Size } from "../choose-reduction.ts";

/** A reduction to `eighths`/8 of each side, rounded up. */
export type DctScale = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** The length of a side after a reduction (turbojpeg.h, TJSCALED). */
export function scaledSide(side: number, eighths: DctScale): number {
  return Math.ceil((side * eighths) / 8);
}

/** The largest reduction that leaves the shorter side at or above `minShorterSide` pixels. */
export function chooseDctScale(size: Size, minShorterSide: number): DctScale {
  if (!isReduced(size)) return 8;
  const shorter = Math.min(size.width, size.height);
  const scales: readonly DctScale[] = [1, 2, 3, 4, 5, 6, 7];
  return scales.find((eighths) => scaledSide(shorter, eighths) >= minShorterSide) ?? 8;
}
