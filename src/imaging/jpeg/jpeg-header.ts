/** Walks the segments of a JPEG (ITU-T T.81, annex B) without decoding anything. */
import { ImageError } from "../../errors.ts";
import type { CommonHeader, Orientation } from "../common-header.ts";
import { readExifOrientation } from "../exif-orientation.ts";
import { corruptImage } from "../image-errors.ts";

/** What the segments up to the first scan say. */
export type JpegHeader = CommonHeader & {
  readonly format: "JPEG";
  /** Number of colour components: 1 grey, 3 colour, 4 CMYK or YCCK. */
  readonly components: number;
  readonly progressive: boolean;
  /** Whether the components come in several scans, so that a decoder must keep all coefficients. */
  readonly multiScan: boolean;
  /** Bytes of all DCT coefficients at 16 bits. */
  readonly coefficientBytes: number;
  /** Offset of the first byte after the frame header. */
  readonly afterFrame: number;
};

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP1 = 0xe1;
const EXIF_PREFIX = "Exif\0\0";

/** Baseline, extended sequential and progressive, Huffman-coded, 8 bit: what decoders support. */
const SUPPORTED_FRAMES = new Set([0xc0, 0xc1, 0xc2]);

/**
 * Reads size, orientation and coding from the headers.
 *
 * @throws ImageError IMAGE_CORRUPT where there is no frame header, IMAGE_UNSUPPORTED for lossless,
 *   hierarchical, arithmetic-coded and 12-bit files
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  let orientation: Orientation | undefined;
  let frame: Frame | undefined;
  let scanComponents: number | undefined;
  for (const { marker, start, end } of segments(bytes, 2)) {
    const body = bytes.subarray(start, end);
    if (marker === APP1 && startsWith(body, EXIF_PREFIX)) {
      orientation ??= readExifOrientation(body.subarray(EXIF_PREFIX.length));
    } else if (isFrame(marker)) {
      frame ??= readFrame(body, marker, end);
    } else if (marker === SOS) {
      scanComponents = body[0];
      break;
    }
  }
  if (!frame) throw corruptImage("JPEG", "it has no frame header before its pixels");
  const multiScan = frame.progressive || (scanComponents ?? 0) < frame.components;
  return { format: "JPEG", frames: 1, orientation: orientation ?? 1, multiScan, ...frame };
}

/**
 * Makes sure that the stream reaches its end marker: a cut file is an error, not a grey half.
 * Whatever follows the end (phones append videos) is not looked at.
 *
 * @throws ImageError IMAGE_CORRUPT
 */
export function requireJpegEnd(bytes: Uint8Array, header: JpegHeader): void {
  for (const { marker, end } of segments(bytes, header.afterFrame)) {
    if (marker === EOI) return;
    if (marker === SOS && endOfScan(bytes, end) >= bytes.length) break;
  }
  throw corruptImage("JPEG", "it ends before its end marker, so a part is missing");
}

function isFrame(marker: number): boolean {
  // 0xC4 DHT, 0xC8 JPG and 0xCC DAC share the range of the frame headers.
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

type Frame = Omit<JpegHeader, "format" | "frames" | "orientation" | "multiScan">;

function readFrame(body: Uint8Array, marker: number, afterFrame: number): Frame {
  if (body.byteLength < 6) throw corruptImage("JPEG", "its frame header is cut short");
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const precision = view.getUint8(0);
  if (!SUPPORTED_FRAMES.has(marker) || precision !== 8) {
    throw new ImageError(
      "IMAGE_UNSUPPORTED",
      "This JPEG is lossless, hierarchical, arithmetic-coded or of 12 bits, which browsers do not show either. Save it as a baseline or progressive JPEG.",
      { details: { format: "JPEG" } },
    );
  }
  const height = view.getUint16(1);
  const width = view.getUint16(3);
  const components = view.getUint8(5);
  if (width === 0 || height === 0) {
    throw corruptImage("JPEG", `its header claims ${width}x${height} pixels`);
  }
  if (![1, 3, 4].includes(components) || body.byteLength < 6 + components * 3) {
    throw corruptImage("JPEG", `its header claims ${components} colour components`);
  }
  const coefficientBytes = countCoefficients(body, width, height, components) * 2;
  return { width, height, components, progressive: marker === 0xc2, coefficientBytes, afterFrame };
}

/** Coefficients of all components, each in whole blocks of 8x8 (T.81, A.2.4). */
function countCoefficients(frame: Uint8Array, width: number, height: number, components: number) {
  const sampling = Array.from({ length: components }, (_, i) => {
    const factors = frame[6 + i * 3 + 1] as number;
    return { h: factors >> 4 || 1, v: factors & 15 || 1 };
  });
  const maxH = Math.max(...sampling.map(({ h }) => h));
  const maxV = Math.max(...sampling.map(({ v }) => v));
  const mcus = Math.ceil(width / (8 * maxH)) * Math.ceil(height / (8 * maxV));
  return sampling.reduce((sum, { h, v }) => sum + mcus * h * v * 64, 0);
}

type Segment = { readonly marker: number; readonly start: number; readonly end: number };

/** The marker segments from `offset` on; entropy-coded data between them is passed over. */
function* segments(bytes: Uint8Array, offset: number): Generator<Segment> {
  let at = offset;
  while (true) {
    const ff = bytes.indexOf(0xff, at);
    if (ff < 0) return;
    at = ff + 1;
    const marker = bytes[at];
    if (marker === undefined) return;
    // 0x00 is a stuffed byte and 0xFF a fill byte; restart markers, SOI and TEM have no body.
    if (marker === 0x00 || marker === 0xff) continue;
    at++;
    if ((marker >= 0xd0 && marker <= SOI) || marker === 0x01) continue;
    if (marker === EOI) {
      yield { marker, start: at, end: at };
      return;
    }
    const high = bytes[at];
    const low = bytes[at + 1];
    if (high === undefined || low === undefined) return;
    const end = at + (high << 8) + low;
    if (end < at + 2 || end > bytes.length) return;
    yield { marker, start: at + 2, end };
    at = end;
  }
}

/** Offset of the marker that ends the entropy-coded data beginning at `offset`. */
function endOfScan(bytes: Uint8Array, offset: number): number {
  let at = bytes.indexOf(0xff, offset);
  while (at >= 0 && at + 1 < bytes.length) {
    const next = bytes[at + 1] as number;
    if (next !== 0x00 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
    at = bytes.indexOf(0xff, at + (next === 0xff ? 1 : 2));
  }
  return bytes.length;
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return String.fromCharCode(...bytes.subarray(0, text.length)) === text;
}
