/** Formats that are not decoded but recognised, so that an error can name them. */
import { hasLatin1, readLatin1 } from "./latin1.ts";

type Signature = {
  readonly name: string;
  readonly offset: number;
  /** As Latin-1 text. */
  readonly bytes: string;
};

const SIGNATURES: readonly Signature[] = [
  { name: "TIFF", offset: 0, bytes: "II*\0" },
  { name: "TIFF", offset: 0, bytes: "MM\0*" },
  { name: "BigTIFF", offset: 0, bytes: "II+\0" },
  { name: "BigTIFF", offset: 0, bytes: "MM\0+" },
  { name: "BMP", offset: 0, bytes: "BM" },
  { name: "ICO", offset: 0, bytes: "\0\0\x01\0" },
  { name: "PSD", offset: 0, bytes: "8BPS" },
  { name: "JPEG XL", offset: 0, bytes: "\xff\x0a" },
  { name: "JPEG XL", offset: 0, bytes: "\0\0\0\x0cJXL \r\n\x87\n" },
  { name: "JPEG 2000", offset: 0, bytes: "\0\0\0\x0cjP  \r\n\x87\n" },
  { name: "JPEG 2000", offset: 0, bytes: "\xff\x4f\xff\x51" },
  { name: "PDF", offset: 0, bytes: "%PDF-" },
  { name: "WebM or Matroska video", offset: 0, bytes: "\x1a\x45\xdf\xa3" },
  { name: "AVI video", offset: 8, bytes: "AVI " },
  { name: "MPEG video", offset: 0, bytes: "\0\0\x01\xba" },
  { name: "ZIP archive", offset: 0, bytes: "PK\x03\x04" },
  { name: "gzip archive", offset: 0, bytes: "\x1f\x8b" },
];

/** ISO base media files name their kind in the major brand of the `ftyp` box (ISO 14496-12). */
const ISO_BRANDS: readonly (readonly [prefix: string, name: string])[] = [
  ["hei", "HEIC"],
  ["hev", "HEIC"],
  ["mif1", "HEIF"],
  ["msf1", "HEIF"],
  ["crx", "Canon CR3"],
  ["qt  ", "QuickTime video"],
];

/** The format that the first bytes of a file show; undefined if they are of no known one. */
export function nameForeignFormat(bytes: Uint8Array): string | undefined {
  const known = SIGNATURES.find((signature) => hasLatin1(bytes, signature.bytes, signature.offset));
  return known?.name ?? isoBrand(bytes) ?? markupName(bytes);
}

function isoBrand(bytes: Uint8Array): string | undefined {
  if (!hasLatin1(bytes, "ftyp", 4)) return undefined;
  const brand = readLatin1(bytes, 8, 12);
  return ISO_BRANDS.find(([prefix]) => brand.startsWith(prefix))?.[1] ?? "MP4 video";
}

function markupName(bytes: Uint8Array): string | undefined {
  const start = readLatin1(bytes, 0, 1024)
    .replace(/^\xef\xbb\xbf/, "")
    .trimStart()
    .toLowerCase();
  if (!start.startsWith("<")) return undefined;
  if (start.includes("<svg")) return "SVG";
  return /^<(?:!doctype html|html)/.test(start) ? "HTML" : undefined;
}
