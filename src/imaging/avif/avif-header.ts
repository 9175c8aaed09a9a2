/** Reads what the `meta` box of an AVIF says about its primary item (ISO/IEC 23008-12, AV1-ISOBMFF). */
import type { CommonHeader, Orientation } from "../common-header.ts";
import { corruptImage } from "../image-errors.ts";
import { type Box, childBoxes, findBox, uintAt } from "./bmff-boxes.ts";

export type AvifHeader = CommonHeader & {
  readonly format: "AVIF";
  /** Bytes per pixel of the decoded planes: 1.5 for 8 bits in 4:2:0, 6 for more in 4:4:4. */
  readonly planeBytesPerPixel: number;
};

type Property = { readonly index: number; readonly box: Box };

/** @throws ImageError IMAGE_CORRUPT if the primary item or its size is missing */
export function readAvifHeader(bytes: Uint8Array): AvifHeader {
  const file = { type: "file", data: bytes };
  const meta = findBox(file, "meta");
  if (!meta) throw corruptImage("AVIF", "it has no meta box");
  const inner = { type: "meta", data: meta.data.subarray(4) };
  const primary = readPrimaryItem(inner);
  const properties = readProperties(inner, primary);
  const size = properties.find(({ box }) => box.type === "ispe")?.box.data;
  if (!size || size.byteLength < 12) throw corruptImage("AVIF", "its primary item has no size");
  const width = uintAt(size, 4, 4);
  const height = uintAt(size, 8, 4);
  if (width === 0 || height === 0)
    throw corruptImage("AVIF", "its header says that it has no pixels");
  return {
    format: "AVIF",
    width,
    height,
    orientation: readOrientation(properties),
    frames: 1,
    planeBytesPerPixel: readPlaneBytes(properties),
  };
}

/**
 * From the AV1 configuration (AV1-ISOBMFF, section 2.3). A grid does not have one, only its tiles do:
 * the most expensive kind is assumed.
 */
function readPlaneBytes(properties: readonly Property[]): number {
  const flags = properties.find(({ box }) => box.type === "av1C")?.box.data[2] ?? 0x40;
  const sampleBytes = flags & 0x40 ? 2 : 1;
  const monochrome = (flags & 0x10) !== 0;
  const chroma = monochrome ? 0 : 2 / ((flags & 0x08 ? 2 : 1) * (flags & 0x04 ? 2 : 1));
  return sampleBytes * (1 + chroma);
}

function readPrimaryItem(meta: Box): number {
  const data = findBox(meta, "pitm")?.data;
  if (!data || data.byteLength < 6) throw corruptImage("AVIF", "it does not name a primary item");
  return uintAt(data, 4, data[0] === 0 ? 2 : 4);
}

/** The properties of an item, in the order of their associations. */
function readProperties(meta: Box, item: number): Property[] {
  const iprp = findBox(meta, "iprp");
  const ipco = iprp && findBox(iprp, "ipco");
  if (!iprp || !ipco) throw corruptImage("AVIF", "it has no item properties");
  const all = [...childBoxes(ipco)];
  const indices = [...childBoxes(iprp)]
    .filter(({ type }) => type === "ipma")
    .flatMap(({ data }) => readAssociations(data, item));
  return indices.flatMap((index) => {
    const box = all[index - 1]; // 1-based
    return box ? [{ index, box }] : [];
  });
}

function readAssociations(ipma: Uint8Array, item: number): number[] {
  const version = uintAt(ipma, 0, 1);
  const wide = (uintAt(ipma, 1, 3) & 1) === 1;
  const idBytes = version < 1 ? 2 : 4;
  const count = uintAt(ipma, 4, 4);
  let at = 8;
  for (let entry = 0; entry < count && at < ipma.byteLength; entry++) {
    const id = uintAt(ipma, at, idBytes);
    const associations = uintAt(ipma, at + idBytes, 1);
    at += idBytes + 1;
    const size = wide ? 2 : 1;
    const mask = wide ? 0x7fff : 0x7f;
    if (id === item) {
      return Array.from(
        { length: associations },
        (_, i) => uintAt(ipma, at + i * size, size) & mask,
      );
    }
    at += associations * size;
  }
  return [];
}

/**
 * The EXIF orientation that has the same effect as rotation (`irot`, anticlockwise quarter turns)
 * followed by mirroring (`imir`: axis 0 swaps top and bottom, as AVIF 1.1 reads it).
 */
function readOrientation(properties: readonly Property[]): Orientation {
  const turns = (properties.find(({ box }) => box.type === "irot")?.box.data[0] ?? 0) & 3;
  const mirror = properties.find(({ box }) => box.type === "imir")?.box.data[0];
  const table: readonly Orientation[] =
    mirror === undefined ? [1, 8, 3, 6] : (mirror & 1) === 0 ? [4, 5, 2, 7] : [2, 7, 4, 5];
  return table[turns] as Orientation;
}
