import type { Orientation } from "./common-header.ts";

const ORIENTATION_TAG = 0x0112;
const TYPE_SHORT = 3;
const TYPE_LONG = 4;

/**
 * Reads the orientation from an EXIF block, which is a complete TIFF file (EXIF 2.32, section 4.6).
 *
 * A damaged block does not make the pixels unreadable: like viewers, this takes the image as upright.
 *
 * @param tiff - the block, starting with its byte order mark
 */
export function readExifOrientation(tiff: Uint8Array): Orientation {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  return findExifOrientation(view, 0, tiff.byteLength) ?? 1;
}

/**
 * Looks for the orientation in an EXIF block, for files that may have several blocks: a block without a
 * usable entry must not hide a later one.
 *
 * @param view - of the file, so that a file with many blocks needs only one
 * @param start - of the block: the offset of its byte order mark
 * @param end - of the block
 * @returns undefined if the block is damaged or has no entry of the right type with one value
 */
export function findExifOrientation(
  view: DataView,
  start: number,
  end: number,
): Orientation | undefined {
  if (end - start < 8) return undefined;
  const order = view.getUint16(start);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const littleEndian = order === 0x4949;
  if (view.getUint16(start + 2, littleEndian) !== 42) return undefined;
  const directory = start + view.getUint32(start + 4, littleEndian);
  if (directory + 2 > end) return undefined;
  const entries = view.getUint16(directory, littleEndian);
  for (let entry = directory + 2, i = 0; i < entries && entry + 12 <= end; i++, entry += 12) {
    if (view.getUint16(entry, littleEndian) !== ORIENTATION_TAG) continue;
    if (view.getUint32(entry + 4, littleEndian) !== 1) continue;
    const type = view.getUint16(entry + 2, littleEndian);
    if (type === TYPE_SHORT) return toOrientation(view.getUint16(entry + 8, littleEndian));
    if (type === TYPE_LONG) return toOrientation(view.getUint32(entry + 8, littleEndian));
  }
  return undefined;
}

/** Viewers take a value that the tag does not have as upright. */
function toOrientation(value: number): Orientation {
  return value >= 1 && value <= 8 ? (value as Orientation) : 1;
}
