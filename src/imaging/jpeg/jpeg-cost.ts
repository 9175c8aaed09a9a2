/** What decoding a JPEG with libjpeg-turbo takes. */
import { type DctScale, scaledSide } from "./dct-scale.ts";
import type { JpegComponent, JpegFrame } from "./jpeg-frame.ts";
import type { JpegHeader } from "./jpeg-header.ts";

/** An instance that has decoded nothing yet takes 0.2 MB; the rest is for its tables and pools. */
const BASE_BYTES = 512 * 1024;

/**
 * Peak memory of decoding in bytes: the file and the pixels inside WebAssembly, the pixels outside,
 * and all DCT coefficients if the components are in several scans. The file outside is left out.
 */
export function estimateJpegBytes(header: JpegHeader, eighths: DctScale): number {
  const { frame, scans, end, coefficientBytes } = header;
  const width = scaledSide(header.width, eighths);
  const height = scaledSide(header.height, eighths);
  // The pixels of CMYK are converted to RGB, and then turned upright in another copy.
  const cmykBytes = header.orientation === 1 ? 7 : 10;
  const pixelBytes = width * height * (frame.components.length === 4 ? cmykBytes : 6);
  const rowBytes = stripBytes(frame, eighths, width) + height * 4;
  return BASE_BYTES + end + pixelBytes + rowBytes + (scans.multiScan ? coefficientBytes : 0);
}

/** The rows of samples between the inverse DCT and the colour conversion (jdmainct.c, jdsample.c). */
function stripBytes({ components }: JpegFrame, eighths: DctScale, width: number): number {
  const maxH = Math.max(...components.map(({ h }) => h));
  const maxV = Math.max(...components.map(({ v }) => v));
  return components.reduce((sum, component) => {
    const size = scaledBlock(component, eighths, maxH, maxV);
    const rows = Math.ceil((component.v * size) / eighths) * (eighths + 2);
    return sum + component.blocksAcross * size * rows + (width + maxH) * maxV;
  }, 0);
}

/**
 * The side of a component's blocks after the inverse DCT: libjpeg makes subsampled components larger by a
 * power of 2 rather than to interpolate them (jdmaster.c).
 */
export function scaledBlock(
  { h, v }: JpegComponent,
  eighths: DctScale,
  maxH: number,
  maxV: number,
) {
  let size: number = eighths;
  while (
    size < 8 &&
    (maxH * eighths) % (h * size * 2) === 0 &&
    (maxV * eighths) % (v * size * 2) === 0
  ) {
    size *= 2;
  }
  return size;
}

/** CPU time of libjpeg-turbo in milliseconds. */
export function estimateTurboMs(header: JpegHeader, eighths: DctScale): number {
  const { frame, scans, end } = header;
  const pixels = scaledSide(frame.width, eighths) * scaledSide(frame.height, eighths);
  const blocks = scans.work.reduce((sum, { dcBlocks, acBlocks }) => sum + dcBlocks + acBlocks, 0);
  const refined = scans.work.reduce((sum, work) => sum + work.refined, 0);
  // Coefficients that are kept are written and read once more.
  const kept = scans.multiScan ? header.coefficientBytes : 0;
  const bytes = end * (scans.multiScan ? 30e-6 : 12e-6);
  // Without an end marker, the codes are walked through to find the end (scan-end.ts).
  const walk = header.hasEndMarker ? 0 : end * 25e-6;
  return 5 + bytes + walk + blocks * 28e-6 + pixels * 14e-6 + refined * 1.3e-6 + kept * 1e-6;
}
