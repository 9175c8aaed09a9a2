/** Reads the headers of a WebP (RFC 9649). */
import type { CommonHeader, Orientation } from "../common-header.ts";
import { readExifOrientation } from "../exif-orientation.ts";
import { corruptImage } from "../image-errors.ts";
import { type RiffChunk, readRiffChunks } from "./riff-chunks.ts";

export type WebpHeader = CommonHeader & {
  readonly format: "WEBP";
  /** Whether the first frame is VP8L, which takes the decoder twice the memory. */
  readonly lossless: boolean;
  readonly animated: boolean;
};

const EXIF_PREFIX = "Exif\0\0";
/** After "RIFF", the length and "WEBP". */
export const WEBP_CHUNKS_OFFSET = 12;
/** Position, size, duration and flags before the chunks of an ANMF frame. */
export const ANMF_HEADER_LENGTH = 16;

/** @throws ImageError IMAGE_CORRUPT if there is no frame */
export function readWebpHeader(bytes: Uint8Array): WebpHeader {
  let canvas: { width: number; height: number } | undefined;
  let image: { width: number; height: number; lossless: boolean } | undefined;
  let orientation: Orientation = 1;
  let animationFrames = 0;
  for (const chunk of readRiffChunks(bytes, WEBP_CHUNKS_OFFSET)) {
    if (chunk.type === "VP8X") canvas ??= readCanvas(chunk.data);
    else if (chunk.type === "EXIF") orientation = readExifOrientation(stripPrefix(chunk.data));
    else if (chunk.type === "ANMF") {
      animationFrames++;
      for (const inner of readRiffChunks(chunk.data, ANMF_HEADER_LENGTH))
        image ??= readFrame(inner);
    } else image ??= readFrame(chunk);
  }
  // The header of a still image may be in a chunk that is incomplete.
  image ??= readFrame(firstChunkCut(bytes));
  if (!image) throw corruptImage("WebP", "it has no frames");
  return {
    format: "WEBP",
    width: canvas?.width ?? image.width,
    height: canvas?.height ?? image.height,
    orientation,
    frames: Math.max(animationFrames, 1),
    lossless: image.lossless,
    animated: animationFrames > 0,
  };
}

function readCanvas(data: Uint8Array): { width: number; height: number } {
  if (data.byteLength < 10) throw corruptImage("WebP", "its header is incomplete");
  return { width: uint24(data, 4) + 1, height: uint24(data, 7) + 1 };
}

function readFrame({ type, data }: RiffChunk) {
  if (type === "VP8L" && data.byteLength >= 5 && data[0] === 0x2f) {
    const bits = new DataView(data.buffer, data.byteOffset).getUint32(1, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, lossless: true };
  }
  if (type === "VP8 " && data.byteLength >= 10 && uint24(data, 3) === 0x2a019d) {
    const view = new DataView(data.buffer, data.byteOffset);
    const width = view.getUint16(6, true) & 0x3fff;
    const height = view.getUint16(8, true) & 0x3fff;
    if (width === 0 || height === 0)
      throw corruptImage("WebP", "its header says that it has no pixels");
    return { width, height, lossless: false };
  }
  return undefined;
}

function firstChunkCut(bytes: Uint8Array): RiffChunk {
  const at = WEBP_CHUNKS_OFFSET;
  return { type: String.fromCharCode(...bytes.subarray(at, at + 4)), data: bytes.subarray(at + 8) };
}

/** Some encoders keep the prefix that EXIF has in JPEG files. */
function stripPrefix(exif: Uint8Array): Uint8Array {
  const prefix = String.fromCharCode(...exif.subarray(0, EXIF_PREFIX.length));
  return prefix === EXIF_PREFIX ? exif.subarray(EXIF_PREFIX.length) : exif;
}

function uint24(data: Uint8Array, at: number): number {
  return (data[at] as number) | ((data[at + 1] as number) << 8) | ((data[at + 2] as number) << 16);
}
