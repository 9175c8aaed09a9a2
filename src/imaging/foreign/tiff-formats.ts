/** TIFF, and the raw formats of cameras that are built on it (TIFF 6.0, TIFF/EP, DNG 1.6). */
import { hasLatin1, readLatin1 } from "../latin1.ts";
import type { ForeignFormat } from "./foreign-format.ts";

const MAKE = 0x010f;
const SUB_IFDS = 0x014a;
const DNG_VERSION = 0xc612;
/** Far more than a directory of a photo has. */
const MAX_ENTRIES = 512;

const DEVELOP = "Export the photo as JPEG, or send the JPEG that the camera stored beside it.";

/** By what the maker's name begins with. */
const MAKERS: readonly (readonly [maker: RegExp, name: string])[] = [
  [/^NIKON/i, "Nikon raw (NEF)"],
  [/^SONY/i, "Sony raw (ARW)"],
  [/^(?:PENTAX|RICOH|ASAHI)/i, "Pentax raw (PEF)"],
  [/^SAMSUNG/i, "Samsung raw (SRW)"],
  [/^Canon/i, "Canon raw (CR2)"],
  [/^Hasselblad/i, "Hasselblad raw (3FR)"],
  [/^Phase One/i, "Phase One raw (IIQ)"],
  [/^LEICA/i, "Leica raw"],
  [/^(?:EASTMAN )?KODAK/i, "Kodak raw (DCR)"],
  [/^(?:SEIKO )?EPSON/i, "Epson raw (ERF)"],
];

/** Recognises a TIFF, and by its first directory whether it is the raw format of a camera. */
export function recogniseTiff(bytes: Uint8Array): ForeignFormat | undefined {
  const little = hasLatin1(bytes, "II*\0") || hasLatin1(bytes, "II+\0");
  const big = hasLatin1(bytes, "MM\0*") || hasLatin1(bytes, "MM\0+");
  if (!little && !big) return undefined;
  if (hasLatin1(bytes, "CR", 8)) return { name: "Canon raw (CR2)", advice: DEVELOP };
  if (bytes[little ? 2 : 3] === 0x2b) return tiff("BigTIFF");
  const tags = readTags(bytes, little);
  if (tags.has(DNG_VERSION)) return { name: "Camera raw (DNG)", advice: DEVELOP };
  const make = readText(bytes, little, tags.get(MAKE));
  const maker = MAKERS.find(([pattern]) => pattern.test(make));
  // Programs keep the maker's name in a TIFF that they export; only cameras write a tree of images.
  if (maker && tags.has(SUB_IFDS)) return { name: maker[1], advice: DEVELOP };
  return tiff("TIFF");
}

function tiff(name: string): ForeignFormat {
  return {
    name,
    advice:
      "Convert it to JPEG or PNG and send that. The raw photos of many cameras (NEF, CR2, ARW, DNG) begin like a TIFF too: export those as JPEG.",
  };
}

/** The positions of the first directory's entries, by tag. */
function readTags(bytes: Uint8Array, little: boolean): Map<number, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tags = new Map<number, number>();
  if (bytes.byteLength < 8) return tags;
  const start = view.getUint32(4, little);
  if (start + 2 > bytes.byteLength) return tags;
  const count = Math.min(view.getUint16(start, little), MAX_ENTRIES);
  for (let i = 0; i < count; i++) {
    const at = start + 2 + i * 12;
    if (at + 12 > bytes.byteLength) break;
    tags.set(view.getUint16(at, little), at);
  }
  return tags;
}

/** The text of an entry; empty if there is none. */
function readText(bytes: Uint8Array, little: boolean, entry: number | undefined): string {
  if (entry === undefined) return "";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Math.min(view.getUint32(entry + 4, little), 64);
  const start = length > 4 ? view.getUint32(entry + 8, little) : entry + 8;
  return readLatin1(bytes, start, start + length);
}
