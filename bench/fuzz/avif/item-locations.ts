/** The box `iloc`: where the items of a file are (ISO/IEC 14496-12, section 8.11.3). */
import { bigEndian, concat, readBE } from "../bytes.ts";

export type ItemLocation = {
  readonly id: number;
  /** 0 for offsets in the file, 1 in the box `idat`. */
  readonly method: number;
  readonly extents: readonly Extent[];
};

export type Extent = { readonly offset: number; readonly length: number };

/** Undefined for fields that encoders hardly use: base offsets, indices, and sizes other than 4. */
export function readItemLocations(iloc: Uint8Array): ItemLocation[] | undefined {
  const version = iloc[0] ?? 0;
  if (version > 1 || iloc[4] !== 0x44 || ((iloc[5] ?? 0) & 0xf0) !== 0) return undefined;
  const count = readBE(iloc, 6, 2);
  const items: ItemLocation[] = [];
  let at = 8;
  for (let i = 0; i < count && at < iloc.length; i++) {
    const id = readBE(iloc, at, 2);
    const method = version === 1 ? readBE(iloc, at + 2, 2) & 15 : 0;
    at += version === 1 ? 6 : 4; // the data reference is skipped
    const extentCount = readBE(iloc, at, 2);
    at += 2;
    const extents: Extent[] = [];
    for (let n = 0; n < extentCount && at < iloc.length; n++, at += 8) {
      extents.push({ offset: readBE(iloc, at, 4), length: readBE(iloc, at + 4, 4) });
    }
    items.push({ id, method, extents });
  }
  return items;
}

/** @param version - 1 if an item has another method than 0, or if the box had version 1 before */
export function writeItemLocations(items: readonly ItemLocation[], version = 0): Uint8Array {
  return concat([
    Uint8Array.of(version, 0, 0, 0, 0x44, 0),
    bigEndian(items.length, 2),
    ...items.flatMap(({ id, method, extents }) => [
      ...[id, ...(version === 1 ? [method] : []), 0, extents.length].map((value) =>
        bigEndian(value, 2),
      ),
      ...extents.flatMap(({ offset, length }) => [bigEndian(offset, 4), bigEndian(length, 4)]),
    ]),
  ]);
}

/** Moves the extents in the file by so many bytes. */
export function shiftExtents(iloc: Uint8Array, shift: number): Uint8Array {
  const items = shift === 0 ? undefined : readItemLocations(iloc);
  if (!items) return iloc;
  return writeItemLocations(
    items.map((item) => ({
      ...item,
      extents: item.extents.map(({ offset, length }) => ({
        offset: item.method === 0 ? Math.max(0, offset + shift) : offset,
        length,
      })),
    })),
    iloc[0],
  );
}
