/** Walks the segments of a JPEG (ITU-T T.81, annex B) without decoding anything. */
import { ImageError } from "../../errors.ts";
import type { CommonHeader, Orientation } from "../common-header.ts";
import { readExifOrientation } from "../exif-orientation.ts";
import { corruptImage } from "../image-errors.ts";

/** From the segments up to the first scan. */
export type JpegHeader = CommonHeader & {
  readonly format: "JPEG";
  /** Number of colour components: 1 for grey, 3 for colour, 4 for CMYK or YCCK. */
  readonly components: number;
  readonly progressive: boolean;
  /** Whether the components are in several scans, so that a decoder must keep all coefficients. */
  readonly multiScan: boolean;
  /** Size of all DCT coefficients in bytes, at 16 bits each. */
  readonly coefficientBytes: number;
  /** Offset of the first byte after the frame header. */
  readonly afterFrame: number;
};

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP1 = 0xe1;
const EXIF_PREFIX = "Exif\0\0";

/** What decoders support: baseline, extended sequential and progressive; 8 bits, Huffman-coded. */
const SUPPORTED_FRAMES = new Set([0xc0, 0xc1, 0xc2]);

/**
 * @throws ImageError IMAGE_CORRUPT if there is no frame header, IMAGE_UNSUPPORTED for lossless,
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
  if (!frame) throw corruptImage("JPEG", "it has no frame header before the pixels");
  const multiScan = frame.progressive || (scanComponents ?? 0) < frame.components;
  return { format: "JPEG", frames: 1, orientation: orientation ?? 1, multiScan, ...frame };
}

/**
 * Makes sure that the stream reaches its end marker: a truncated file is an error, not half a grey
 * picture. Anything after the end marker is ignored: phones append videos.
 *
 * @throws ImageError IMAGE_CORRUPT
 */
export function requireJpegEnd(bytes: Uint8Array, header: JpegHeader): void {
  for (const { marker, end } of segments(bytes, header.afterFrame)) {
    if (marker === EOI) return;
    if (marker === SOS && endOfScan(bytes, end) >= bytes.length) break;
  }
  throw corruptImage("JPEG", "it ends before its end marker, so pixels are missing");
}

function isFrame(marker: number): boolean {
  // DHT (0xC4), JPG (0xC8) and DAC (0xCC) are in the range of the frame headers.
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

type Frame = Omit<JpegHeader, "format" | "frames" | "orientation" | "multiScan">;

function readFrame(body: Uint8Array, marker: number, afterFrame: number): Frame {
  if (body.byteLength < 6) throw corruptImage("JPEG", "its frame header is incomplete");
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const precision = view.getUint8(0);
  if (!SUPPORTED_FRAMES.has(marker) || precision !== 8) {
    throw new ImageError(
      "IMAGE_UNSUPPORTED",
      "This JPEG is lossless, hierarchical, arithmetic-coded or has 12 bits per sample, none of which browsers show either. Save it as a baseline or progressive JPEG.",
      { details: { format: "JPEG" } },
    );
  }
  const height = view.getUint16(1);
  const width = view.getUint16(3);
  const components = view.getUint8(5);
  if (width === 0 || height === 0) {
    throw corruptImage("JPEG", `its header says that it has ${width}x${height} pixels`);
  }
  if (![1, 3, 4].includes(components) || body.byteLength < 6 + components * 3) {
    throw corruptImage("JPEG", `its header says that it has ${components} colour components`);
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

/** The marker segments from `offset`; skips entropy-coded data between them. */
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

/** The offset of the marker that ends the entropy-coded data at `offset`. */
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
