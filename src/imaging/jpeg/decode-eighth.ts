/**
 * Decodes a progressive JPEG at 1/8 of its size, to exactly the pixels that libjpeg-turbo gives. libjpeg
 * keeps all coefficients of such a file: 36 MB for 12 megapixels in 4:2:0. At 1/8, most components need
 * the DC coefficients alone; those of which libjpeg makes blocks of 2x2, to make up for their subsampling,
 * need 25 of 64.
 */
import { corruptImage } from "../image-errors.ts";
import { hasLatin1 } from "../latin1.ts";
import type { RgbImage } from "../rgb-image.ts";
import { scaledSide } from "./dct-scale.ts";
import { Layer, planReductions, reductionBytes, reductionMs } from "./eighth-layers.ts";
import type { JpegHeader } from "./jpeg-header.ts";
import { APP0, APP14, DQT, EOI, nextMarker, SOS, segmentEnd } from "./jpeg-markers.ts";
import { decodeScan, requireLegalScan } from "./progressive-scans.ts";
import { ScanTables } from "./scan-tables.ts";
import { writeRgb } from "./write-rgb.ts";

/** Objects and tables. */
const BASE_BYTES = 128 * 1024;

/** Whether {@link decodeEighth} can decode a file. libjpeg smooths what missing scans leave rough. */
export function canDecodeEighth({ frame, scans, hasEndMarker }: JpegHeader): boolean {
  const whole = scans.complete && hasEndMarker;
  return (
    whole &&
    frame.progressive &&
    frame.components.length !== 4 &&
    planReductions(frame) !== undefined
  );
}

/** Peak memory of {@link decodeEighth} in bytes. */
export function estimateEighthBytes({ frame, width, height, orientation }: JpegHeader): number {
  const layers = planReductions(frame) ?? [];
  // Turning the pixels upright takes a second copy.
  const pixelBytes = scaledSide(width, 1) * scaledSide(height, 1) * (orientation === 1 ? 3 : 6);
  return BASE_BYTES + pixelBytes + layers.reduce((sum, layer) => sum + reductionBytes(layer), 0);
}

/** CPU time of {@link decodeEighth} in milliseconds. */
export function estimateEighthMs({ frame, scans, end, width, height }: JpegHeader): number {
  const layers = planReductions(frame) ?? [];
  const pixelMs = scaledSide(width, 1) * scaledSide(height, 1) * 20e-6;
  return layers.reduce(
    (sum, layer, i) => {
      const work = scans.work[i];
      return work ? sum + reductionMs(layer, work) : sum;
    },
    5 + end * 4e-6 + pixelMs,
  );
}

/** @throws ImageError IMAGE_CORRUPT */
export function decodeEighth(bytes: Uint8Array, header: JpegHeader): RgbImage {
  const layers = (planReductions(header.frame) ?? []).map((reduction) => new Layer(reduction));
  const tables = new ScanTables(bytes);
  const steps = new Map<number, Int32Array>();
  let isJfif = false;
  let adobeTransform: number | undefined;
  for (let at = nextMarker(bytes, 2), next = at; at < header.end; at = nextMarker(bytes, next)) {
    const marker = bytes[at] as number;
    if (marker === EOI) break;
    next = segmentEnd(bytes, at);
    const start = at + 3;
    tables.define(marker, start, next);
    if (marker === DQT) readSteps(bytes, start, next, steps);
    else if (marker === APP0) isJfif ||= next - start >= 14 && hasLatin1(bytes, "JFIF\0", start);
    else if (marker === APP14 && next - start >= 12 && hasLatin1(bytes, "Adobe", start))
      adobeTransform = bytes[start + 11];
    else if (marker === SOS) readScan(bytes, start, next, header, layers, tables, steps);
  }
  const ids = String.fromCharCode(...header.frame.components.map(({ id }) => id));
  const isRgb = !isJfif && (adobeTransform === undefined ? ids === "RGB" : adobeTransform === 0);
  return writeRgb(layers, scaledSide(header.width, 1), scaledSide(header.height, 1), isRgb);
}

function readSteps(bytes: Uint8Array, start: number, end: number, steps: Map<number, Int32Array>) {
  for (let at = start; at < end; ) {
    const head = bytes[at++] as number;
    const wide = head >> 4 > 0 ? 2 : 1;
    const table = Int32Array.from({ length: 64 }, (_, k) => {
      const from = at + k * wide;
      const high = wide === 2 ? (bytes[from] as number) << 8 : 0;
      return high | (bytes[from + wide - 1] as number);
    });
    steps.set(head & 15, table);
    at += 64 * wide;
  }
}

function readScan(
  bytes: Uint8Array,
  start: number,
  end: number,
  { frame }: JpegHeader,
  layers: readonly Layer[],
  tables: ScanTables,
  steps: ReadonlyMap<number, Int32Array>,
): void {
  const count = bytes[start] as number;
  const [first = 0, last = 0, bits = 0] = bytes.subarray(end - 3, end);
  const named = Array.from({ length: count }, (_, i) => {
    const id = bytes[start + 1 + i * 2];
    const selectors = bytes[start + 2 + i * 2] as number;
    return { layer: layers.find(({ reduction }) => reduction.component.id === id), selectors };
  });
  const parts = named.flatMap(({ layer, selectors }) => {
    if (!layer) return [];
    layer.useTable(steps.get(layer.reduction.component.table));
    const { coefficients } = layer;
    return [{ coefficients, dcTable: selectors >> 4, acTable: selectors & 15 }];
  });
  if (parts.length !== count || count === 0 || end - start !== 4 + count * 2)
    throw corruptImage("JPEG", "one of its scans is impossible");
  const scan = { parts, first, last, low: bits & 15, refines: bits >> 4 > 0 };
  requireLegalScan(scan, bits >> 4);
  const isNeeded = first === 0 || parts.some(({ coefficients }) => coefficients.slots > 1);
  if (isNeeded) decodeScan(bytes, end, scan, frame, tables);
}
