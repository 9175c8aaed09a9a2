/** PNG as chunks (W3C PNG, section 5). */
import { crc32 } from "node:zlib";
import { bigEndian, concat, latin1, readBE, textAt } from "../bytes.ts";
import { makePart, type Part, RAW } from "../part.ts";

export const PNG_SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);

export function parsePng(file: Uint8Array): Part[] {
  const parts = [makePart(RAW, file.slice(0, PNG_SIGNATURE.length))];
  let at = PNG_SIGNATURE.length;
  while (at + 12 <= file.length) {
    const end = at + 12 + readBE(file, at, 4);
    if (end > file.length) break;
    parts.push(makePart(textAt(file, at + 4, 4), file.slice(at + 8, end - 4)));
    at = end;
  }
  if (at < file.length) parts.push(makePart(RAW, file.slice(at)));
  return parts;
}

export function writePng(parts: readonly Part[]): Uint8Array {
  return concat(parts.map(writeChunk));
}

function writeChunk({ type, data, claimedLength, damaged }: Part): Uint8Array {
  if (type === RAW) return data;
  const body = concat([latin1(type), data]);
  const checksum = bigEndian((crc32(body) ^ (damaged ? 1 : 0)) >>> 0, 4);
  return concat([bigEndian(claimedLength ?? data.length, 4), body, checksum]);
}
