/** AVIF as boxes (ISO/IEC 14496-12). */
import { bigEndian, concat, EMPTY, latin1, readBE, textAt } from "../bytes.ts";
import { findParts, makePart, type Part, RAW } from "../part.ts";
import { shiftExtents } from "./item-locations.ts";

/** Boxes that contain boxes, and the bytes of version, flags and counts before these. */
const HEAD_LENGTHS: Readonly<Record<string, number>> = {
  ...{ meta: 4, iprp: 0, ipco: 0, dinf: 0, dref: 8, iinf: 6, iref: 4, grpl: 0 },
  ...{ moov: 0, trak: 0, mdia: 0, minf: 0, stbl: 0, edts: 0, stsd: 8 },
};

/** @param base - the offset of `file` in the whole file */
export function parseAvif(file: Uint8Array, base = 0): Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at + 8 <= file.length) {
    const type = textAt(file, at + 4, 4);
    const end = at + readBE(file, at, 4);
    if (end < at + 8 || end > file.length) break;
    const body = file.slice(at + 8, end);
    const headLength = HEAD_LENGTHS[type];
    if (headLength === undefined || headLength > body.length) {
      parts.push(makePart(type, body, { origin: base + at + 8 }));
    } else {
      const head = body.slice(0, headLength);
      const children = parseAvif(body.slice(headLength), base + at + 8 + headLength);
      parts.push(makePart(type, EMPTY, { head, children }));
    }
    at = end;
  }
  if (at < file.length) parts.push(makePart(RAW, file.slice(at)));
  return parts;
}

/**
 * Item locations are offsets in the file. They are corrected for boxes before the data that became
 * longer or shorter, or else nearly every change would only lead to a wrong location.
 */
export function writeAvif(parts: readonly Part[]): Uint8Array {
  const data = findDataPart(parts);
  if (data?.part.origin === undefined) return writeBoxes(parts);
  const start = writeBoxes(parts.slice(0, data.index)).length + 8;
  const shift = start - data.part.origin;
  const locations = findParts([...parts], "iloc");
  const before = locations.map((part) => part.data);
  for (const part of locations) part.data = shiftExtents(part.data, shift);
  const file = writeBoxes(parts);
  locations.forEach((part, i) => {
    part.data = before[i] as Uint8Array;
  });
  return file;
}

function findDataPart(parts: readonly Part[]) {
  const index = parts.findIndex(({ type, origin }) => type === "mdat" && origin !== undefined);
  const part = parts[index];
  return part && { index, part };
}

function writeBoxes(parts: readonly Part[]): Uint8Array {
  return concat(parts.map(writeBox));
}

function writeBox({ type, head, data, children, claimedLength }: Part): Uint8Array {
  if (type === RAW) return data;
  const body = concat([head, children ? writeBoxes(children) : data]);
  return concat([bigEndian(claimedLength ?? body.length + 8, 4), latin1(type), body]);
}
