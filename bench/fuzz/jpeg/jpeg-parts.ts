/** JPEG as segments and entropy-coded data (ITU-T T.81, annex B). */
import { bigEndian, concat, latin1, readBE } from "../bytes.ts";
import { makePart, type Part, RAW } from "../part.ts";

/** Entropy-coded data between two markers. */
export const SCAN_DATA = "scan data";

/** The type of the segment with a marker, such as "ffda". */
export function markerType(marker: number): string {
  return `ff${marker.toString(16).padStart(2, "0")}`;
}

export const SOI = "ffd8";
export const EOI = "ffd9";
export const SOS = "ffda";
export const DQT = "ffdb";
export const DHT = "ffc4";
export const DRI = "ffdd";

/** Whether a marker has no length and no data: restart markers, SOI, EOI and TEM. */
function isAlone(marker: number): boolean {
  return (marker >= 0xd0 && marker <= 0xd9) || marker === 0x01;
}

export function parseJpeg(file: Uint8Array): Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at + 1 < file.length && file[at] === 0xff) {
    const marker = file[at + 1] as number;
    at += 2;
    if (isAlone(marker)) {
      parts.push(makePart(markerType(marker)));
      // Data follows a restart marker; it is empty after the other ones.
    } else {
      const end = at + Math.max(2, readBE(file, at, 2));
      if (end > file.length) {
        at -= 2;
        break;
      }
      parts.push(makePart(markerType(marker), file.slice(at + 2, end)));
      at = end;
    }
    const end = endOfData(file, at);
    const inScan = parts.at(-1)?.type === SOS || (marker >= 0xd0 && marker <= 0xd7);
    if (!inScan || end === at) continue;
    parts.push(makePart(SCAN_DATA, file.slice(at, end)));
    at = end;
  }
  if (at < file.length) parts.push(makePart(RAW, file.slice(at)));
  return parts;
}

export function writeJpeg(parts: readonly Part[]): Uint8Array {
  return concat(parts.map(writeSegment));
}

function writeSegment({ type, data, claimedLength }: Part): Uint8Array {
  if (type === RAW || type === SCAN_DATA) return data;
  const marker = Number.parseInt(type.slice(2), 16);
  const start = Uint8Array.of(0xff, marker);
  // A marker that takes no data has some only if a mutation gave it.
  if (isAlone(marker) && claimedLength === undefined) return concat([start, data]);
  return concat([start, bigEndian(claimedLength ?? data.length + 2, 2), data]);
}

/** The offset of the next marker, restart markers included. */
function endOfData(file: Uint8Array, offset: number): number {
  for (let at = file.indexOf(0xff, offset); at >= 0; at = file.indexOf(0xff, at + 1)) {
    const next = file[at + 1];
    if (next !== undefined && next !== 0x00 && next !== 0xff) return at;
  }
  return file.length;
}

/** An APP1 segment with EXIF data. */
export function makeExifSegment(exif: Uint8Array): Part {
  return makePart(markerType(0xe1), concat([latin1("Exif\0\0"), exif]));
}
