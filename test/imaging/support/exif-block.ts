/** Builds EXIF blocks with one entry, so that tests can get the entry wrong. */

export type OrientationEntry = {
  readonly value: number;
  /** How many values the entry claims to have. */
  readonly count?: number;
  readonly tag?: number;
};

/** A TIFF file, lowest byte first, with an orientation of type SHORT. */
export function exifBlock({ value, count = 1, tag = 0x0112 }: OrientationEntry): Uint8Array {
  const block = new Uint8Array(26);
  const view = new DataView(block.buffer);
  block.set([0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0]);
  view.setUint16(10, tag, true);
  view.setUint16(12, 3, true);
  view.setUint32(14, count, true);
  view.setUint16(18, value, true);
  return block;
}
