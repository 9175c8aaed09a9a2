/** Undoes the filters of rows (W3C PNG, third edition, section 9). */
import { corruptImage } from "../image-errors.ts";

const SUB = 1;
const UP = 2;
const AVERAGE = 3;
const PAETH = 4;

/**
 * Undoes a row's filter in place. Both rows start with their filter byte; that of `previous` is ignored.
 *
 * @param pixelBytes - bytes of a whole pixel, at least 1
 * @throws ImageError IMAGE_CORRUPT if the filter does not exist
 */
export function unfilter(current: Uint8Array, previous: Uint8Array, pixelBytes: number): void {
  const { length } = current;
  const filter = current[0] as number;
  requireFilter(filter);
  // Left of the first pixel are zeros.
  const first = Math.min(1 + pixelBytes, length);
  switch (filter) {
    case SUB:
      for (let i = first; i < length; i++) {
        current[i] = (current[i] as number) + (current[i - pixelBytes] as number);
      }
      return;
    case UP:
      for (let i = 1; i < length; i++) {
        current[i] = (current[i] as number) + (previous[i] as number);
      }
      return;
    case AVERAGE:
      for (let i = 1; i < first; i++) {
        current[i] = (current[i] as number) + ((previous[i] as number) >> 1);
      }
      for (let i = first; i < length; i++) {
        const sum = (current[i - pixelBytes] as number) + (previous[i] as number);
        current[i] = (current[i] as number) + (sum >> 1);
      }
      return;
    case PAETH:
      for (let i = 1; i < first; i++) {
        current[i] = (current[i] as number) + (previous[i] as number);
      }
      for (let i = first; i < length; i++) {
        const predicted = predictPaeth(
          current[i - pixelBytes] as number,
          previous[i] as number,
          previous[i - pixelBytes] as number,
        );
        current[i] = (current[i] as number) + predicted;
      }
  }
}

/** @throws ImageError IMAGE_CORRUPT if the filter does not exist */
export function requireFilter(filter: number): void {
  if (filter <= PAETH) return;
  throw corruptImage("PNG", `a row has filter ${filter}, which PNG does not have`);
}

/**
 * Whichever of three neighbours is closest to left + above - upper left. Without branches, which depend on the
 * pixels and cannot be predicted: that takes several times as long for noise.
 */
function predictPaeth(left: number, above: number, upperLeft: number): number {
  const fromLeft = above - upperLeft;
  const fromAbove = left - upperLeft;
  const toLeft = absolute(fromLeft);
  const toAbove = absolute(fromAbove);
  const toUpperLeft = absolute(fromLeft + fromAbove);
  // All ones if the neighbour is further away than another one, otherwise 0.
  const notLeft = ((toAbove - toLeft) | (toUpperLeft - toLeft)) >> 31;
  const notAbove = (toUpperLeft - toAbove) >> 31;
  const other = (above & ~notAbove) | (upperLeft & notAbove);
  return (left & ~notLeft) | (other & notLeft);
}

function absolute(value: number): number {
  const sign = value >> 31;
  return (value ^ sign) - sign;
}
