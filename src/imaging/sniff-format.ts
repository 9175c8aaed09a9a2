/** Tells a file's format by its first bytes, never by its name or MIME type. */
import type { ImageFormat } from "./image-header.ts";

/** What the first bytes are: a format we decode, one we only know by name, or neither. */
export type SniffedFormat =
  | { readonly decodable: true; readonly format: ImageFormat }
  | { readonly decodable: false; readonly name: string | undefined };

type Signature = {
  readonly name: string;
  readonly offset: number;
  /** Latin-1 text of the bytes. */
  readonly bytes: string;
};

const DECODABLE: readonly (Signature & { readonly name: ImageFormat })[] = [
  { name: "JPEG", offset: 0, bytes: "\xff\xd8\xff" },
  { name: "PNG", offset: 0, bytes: "\x89PNG\r\n\x1a\n" },
  { name: "GIF", offset: 0, bytes: "GIF87a" },
  { name: "GIF", offset: 0, bytes: "GIF89a" },
  { name: "WEBP", offset: 8, bytes: "WEBP" },
];

const KNOWN: readonly Signature[] = [
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

const MAX_FTYP_BYTES = 256;

/** ISO base media files name their kind in the major brand of the `ftyp` box (ISO 14496-12). */
const ISO_BRANDS: readonly (readonly [prefix: string, name: string])[] = [
  ["hei", "HEIC"],
  ["hev", "HEIC"],
  ["mif1", "HEIF"],
  ["msf1", "HEIF"],
  ["crx", "Canon CR3"],
  ["qt  ", "QuickTime video"],
];

/** Tells the format of a file by its content. */
export function sniffFormat(bytes: Uint8Array): SniffedFormat {
  for (const signature of DECODABLE) {
    if (matches(bytes, signature)) return { decodable: true, format: signature.name };
  }
  if (isAvif(bytes)) return { decodable: true, format: "AVIF" };
  const known = KNOWN.find((signature) => matches(bytes, signature));
  return { decodable: false, name: known?.name ?? isoBrand(bytes) ?? markupName(bytes) };
}

function matches(bytes: Uint8Array, signature: Signature): boolean {
  const { offset } = signature;
  return latin1(bytes, offset, offset + signature.bytes.length) === signature.bytes;
}

/** The major brand, or one of the compatible ones: some writers put `mif1` first. */
function isAvif(bytes: Uint8Array): boolean {
  if (latin1(bytes, 4, 8) !== "ftyp") return false;
  const length = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
  const brands = latin1(bytes, 8, Math.min(length, MAX_FTYP_BYTES));
  return /^(?:.{4})*?avi[fs]/s.test(brands);
}

function isoBrand(bytes: Uint8Array): string | undefined {
  if (latin1(bytes, 4, 8) !== "ftyp") return undefined;
  const brand = latin1(bytes, 8, 12);
  return ISO_BRANDS.find(([prefix]) => brand.startsWith(prefix))?.[1] ?? "MP4 video";
}

function markupName(bytes: Uint8Array): string | undefined {
  const start = latin1(bytes, 0, 1024)
    .replace(/^\xef\xbb\xbf/, "")
    .trimStart()
    .toLowerCase();
  if (!start.startsWith("<")) return undefined;
  if (start.includes("<svg")) return "SVG";
  return /^<(?:!doctype html|html)/.test(start) ? "HTML" : undefined;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
