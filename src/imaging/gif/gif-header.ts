/** Walks the blocks of a GIF (GIF89a specification) without decoding anything. */
import type { CommonHeader } from "../common-header.ts";
import { corruptImage } from "../image-errors.ts";

/** The position of a frame on the canvas and in the file. */
export type GifFrame = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  /** RGB triples; empty if the file has no palette. */
  readonly palette: Uint8Array;
  /** The transparent palette index; -1 if there is none. */
  readonly transparentIndex: number;
  /** Offset of the LZW minimum code size; the data sub-blocks follow it. */
  readonly dataOffset: number;
  /** Length of the data, with the code size and the lengths of the sub-blocks. */
  readonly dataBytes: number;
};

/** The size is that of the canvas. */
export type GifHeader = CommonHeader & { readonly format: "GIF"; readonly firstFrame: GifFrame };

const IMAGE_SEPARATOR = 0x2c;
const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
const SCREEN_END = 13;
const DESCRIPTOR_LENGTH = 10;

/** @throws ImageError IMAGE_CORRUPT if there is no frame */
export function readGifHeader(bytes: Uint8Array): GifHeader {
  if (bytes.byteLength < SCREEN_END) throw corruptImage("GIF", "its header is incomplete");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const screen = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  const flags = view.getUint8(10);
  let at = SCREEN_END + paletteBytes(flags);
  const globalPalette = bytes.subarray(SCREEN_END, at);
  let transparentIndex = -1;
  let firstFrame: GifFrame | undefined;
  let frames = 0;
  while (at < bytes.byteLength) {
    const block = bytes[at];
    if (block === EXTENSION) {
      const body = at + 3;
      if (bytes[at + 1] === GRAPHIC_CONTROL && body + 4 <= bytes.byteLength && !firstFrame) {
        transparentIndex = (bytes[body] as number) & 1 ? (bytes[body + 3] as number) : -1;
      }
      at = skipSubBlocks(bytes, at + 2);
    } else if (block === IMAGE_SEPARATOR && at + DESCRIPTOR_LENGTH <= bytes.byteLength) {
      const start = at;
      const descriptor = view.getUint8(at + 9);
      const paletteOffset = at + DESCRIPTOR_LENGTH;
      const dataOffset = paletteOffset + paletteBytes(descriptor);
      at = skipSubBlocks(bytes, dataOffset + 1);
      firstFrame ??= {
        left: view.getUint16(start + 1, true),
        top: view.getUint16(start + 3, true),
        width: view.getUint16(start + 5, true),
        height: view.getUint16(start + 7, true),
        interlaced: (descriptor & 0x40) !== 0,
        palette:
          dataOffset > paletteOffset ? bytes.subarray(paletteOffset, dataOffset) : globalPalette,
        transparentIndex,
        dataOffset,
        dataBytes: at - dataOffset,
      };
      frames++;
    } else break;
  }
  // As in browsers: pages use files of 14 to 26 bytes as a placeholder of one clear pixel.
  if (!firstFrame && screen.width === 1 && screen.height === 1) {
    firstFrame = emptyPixel(bytes.byteLength);
    frames = 1;
  }
  if (!firstFrame) throw corruptImage("GIF", "it has no frames");
  const { width, height } = canvasSize(screen, firstFrame);
  return { format: "GIF", width, height, orientation: 1, frames, firstFrame };
}

/**
 * As in browsers, a first frame that does not fit enlarges the canvas. So a canvas without a size gets that
 * of the frame.
 */
function canvasSize(screen: { width: number; height: number }, frame: GifFrame) {
  const width = Math.max(screen.width, frame.left + frame.width);
  const height = Math.max(screen.height, frame.top + frame.height);
  if (width === 0 || height === 0) {
    throw corruptImage("GIF", `its header says that it has ${width}x${height} pixels`);
  }
  return { width, height };
}

function emptyPixel(dataOffset: number): GifFrame {
  const place = { left: 0, top: 0, width: 1, height: 1, interlaced: false };
  return { ...place, palette: new Uint8Array(0), transparentIndex: -1, dataOffset, dataBytes: 0 };
}

function paletteBytes(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/** The offset after a chain of sub-blocks. Each starts with its length; an empty one ends the chain. */
function skipSubBlocks(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (at < bytes.byteLength) {
    const length = bytes[at] as number;
    at += length + 1;
    if (length === 0) break;
  }
  return at;
}
