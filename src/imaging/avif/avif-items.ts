/** The items of a `meta` box: what they are, where their data lies, and what they refer to (ISO/IEC 23008-12). */
import { corruptImage } from "../image-errors.ts";
import { readLatin1 } from "../latin1.ts";
import { type Box, childBoxes, findBox, tooMany, uintAt } from "./bmff-boxes.ts";

/** Of items, of their properties and of their parts. A 12-megapixel photo of 512x512 tiles has 48 tiles. */
const MAX_ENTRIES = 4096;

export type AvifItems = {
  readonly primary: number;
  /** The type of an item, such as `av01` or `grid`; undefined if there is no such item. */
  typeOf(item: number): string | undefined;
  /** The properties of an item, in the order of their associations. */
  propertiesOf(item: number): readonly Box[];
  /** The items that an item refers to, in order. */
  referencesFrom(item: number, type: string): readonly number[];
  /** The items that refer to an item. */
  referencesTo(item: number, type: string): readonly number[];
  /** The parts of an item's data as views of the file. */
  partsOf(item: number): readonly Uint8Array[];
};

/** @throws ImageError IMAGE_CORRUPT, IMAGE_UNSUPPORTED */
export function readAvifItems(bytes: Uint8Array): AvifItems {
  const box = findBox({ type: "file", data: bytes }, "meta");
  if (!box) throw corruptImage("AVIF", "it has no meta box, or ends early");
  const meta = { type: "meta", data: box.data.subarray(4) };
  const types = readTypes(meta);
  const properties = readProperties(meta);
  const references = readReferences(meta);
  const locations = readLocations(meta);
  const idat = findBox(meta, "idat")?.data ?? new Uint8Array();
  return {
    primary: readPrimary(meta),
    typeOf: (item) => types.get(item),
    propertiesOf: (item) => properties.get(item) ?? [],
    referencesFrom: (item, type) =>
      references.find((reference) => reference.type === type && reference.from === item)?.to ?? [],
    referencesTo: (item, type) =>
      references
        .filter((reference) => reference.type === type && reference.to.includes(item))
        .map(({ from }) => from),
    partsOf(item) {
      const location = locations.get(item);
      if (!location) throw corruptImage("AVIF", "its header does not say where its data is");
      return cutParts(location.inIdat ? idat : bytes, location.extents);
    },
  };
}

/** `pitm` (section 6.2.2). */
function readPrimary(meta: Box): number {
  const data = findBox(meta, "pitm")?.data;
  if (!data || data.byteLength < 6) throw corruptImage("AVIF", "it does not name a primary item");
  return uintAt(data, 4, data[0] === 0 ? 2 : 4);
}

/** `iinf` (section 8.11.6 of ISO/IEC 14496-12). */
function readTypes(meta: Box): Map<number, string> {
  const iinf = findBox(meta, "iinf")?.data ?? new Uint8Array();
  const types = new Map<number, string>();
  const entries = { type: "iinf", data: iinf.subarray(iinf[0] === 0 ? 6 : 8) };
  for (const { type, data } of childBoxes(entries)) {
    const version = data[0] ?? 0;
    if (type !== "infe" || version < 2) continue;
    const idBytes = version === 2 ? 2 : 4;
    const item = uintAt(data, 4, idBytes);
    // The item protection index is between the id and the type.
    const at = 4 + idBytes + 2;
    if (!types.has(item)) types.set(item, readLatin1(data, at, at + 4));
  }
  return types;
}

/** `ipco` and `ipma` (section 9.3). */
function readProperties(meta: Box): Map<number, readonly Box[]> {
  const iprp = findBox(meta, "iprp");
  const ipco = iprp && findBox(iprp, "ipco");
  if (!iprp || !ipco) throw corruptImage("AVIF", "it has no item properties");
  const all = [...childBoxes(ipco)];
  const properties = new Map<number, readonly Box[]>();
  let total = 0;
  for (const { type, data } of childBoxes(iprp)) {
    if (type !== "ipma") continue;
    const idBytes = data[0] === 0 ? 2 : 4;
    const indexBytes = (uintAt(data, 1, 3) & 1) === 1 ? 2 : 1;
    const mask = indexBytes === 2 ? 0x7fff : 0x7f;
    const count = uintAt(data, 4, 4);
    let at = 8;
    for (let entry = 0; entry < count && at < data.byteLength; entry++) {
      const item = uintAt(data, at, idBytes);
      const associations = uintAt(data, at + idBytes, 1);
      total += 1 + associations;
      if (total > MAX_ENTRIES * 8) throw tooMany("item properties");
      at += idBytes + 1;
      const boxes: Box[] = [];
      for (let i = 0; i < associations; i++, at += indexBytes) {
        const box = all[(uintAt(data, at, indexBytes) & mask) - 1]; // 1-based
        if (box) boxes.push(box);
      }
      if (!properties.has(item)) properties.set(item, boxes);
    }
  }
  return properties;
}

type Reference = { readonly type: string; readonly from: number; readonly to: readonly number[] };

/** `iref` (section 8.11.12 of ISO/IEC 14496-12). */
function readReferences(meta: Box): Reference[] {
  const iref = findBox(meta, "iref")?.data ?? new Uint8Array();
  const idBytes = iref[0] === 0 ? 2 : 4;
  const references: Reference[] = [];
  let total = 0;
  for (const { type, data } of childBoxes({ type: "iref", data: iref.subarray(4) })) {
    const count = uintAt(data, idBytes, 2);
    total += count;
    if (total > MAX_ENTRIES) throw tooMany("references between items");
    const start = idBytes + 2;
    const to = Array.from({ length: count }, (_, i) => uintAt(data, start + i * idBytes, idBytes));
    references.push({ type, from: uintAt(data, 0, idBytes), to });
  }
  return references;
}

type Extent = { readonly offset: number; readonly length: number };
type Location = { readonly inIdat: boolean; readonly extents: readonly Extent[] };

/** `iloc` (section 8.11.3 of ISO/IEC 14496-12). */
function readLocations(meta: Box): Map<number, Location> {
  const locations = new Map<number, Location>();
  const data = findBox(meta, "iloc")?.data;
  if (!data) return locations;
  const version = data[0] ?? 0;
  const idBytes = version < 2 ? 2 : 4;
  const sizes = uintAt(data, 4, 2);
  const offsetBytes = sizes >> 12;
  const lengthBytes = (sizes >> 8) & 15;
  const baseBytes = (sizes >> 4) & 15;
  const indexBytes = version === 0 ? 0 : sizes & 15;
  const count = uintAt(data, 6, idBytes);
  let at = 6 + idBytes;
  let total = 0;
  for (let entry = 0; entry < count && at < data.byteLength; entry++) {
    const item = read(idBytes);
    const method = version === 0 ? 0 : read(2) & 15;
    read(2); // The data reference index.
    const base = read(baseBytes);
    const extentCount = read(2);
    total += 1 + extentCount;
    if (total > MAX_ENTRIES * 2) throw tooMany("parts of data");
    const extents = Array.from({ length: extentCount }, () => {
      read(indexBytes);
      return { offset: base + read(offsetBytes), length: read(lengthBytes) };
    });
    if (method <= 1 && !locations.has(item)) locations.set(item, { inIdat: method === 1, extents });
  }
  return locations;

  function read(size: number): number {
    const value = uintAt(data as Uint8Array, at, size);
    at += size;
    return value;
  }
}

/** A length of 0 means the rest of the source. */
function cutParts(source: Uint8Array, extents: readonly Extent[]): Uint8Array[] {
  return extents.map(({ offset, length }) => {
    const end = length === 0 ? source.byteLength : offset + length;
    if (offset > source.byteLength || end > source.byteLength) {
      throw corruptImage("AVIF", "it ends early");
    }
    return source.subarray(offset, end);
  });
}
