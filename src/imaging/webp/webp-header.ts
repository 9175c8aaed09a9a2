/** Reads the headers of a WebP (RFC 9649). */
import type { CommonHeader, Orientation } from "../common-header.ts";
import { findExifOrientation } from "../exif-orientation.ts";
import { corruptImage } from "../image-errors.ts";
import { hasLatin1 } from "../latin1.ts";
import { fourCc, RiffWalk } from "./riff-chunks.ts";
import { measureVp8l } from "./vp8l-memory.ts";
import {
  ANMF_HEADER_LENGTH,
  type ByteRange,
  PictureChunks,
  uint24,
  type WebpFrame,
} from "./webp-frame.ts";

export type WebpHeader = CommonHeader & {
  readonly format: "WEBP";
  /** The picture that is decoded: of an animation, the first that can be. */
  readonly frame: WebpFrame;
  /** Whether its pixels may be transparent. If not, alpha values that are there nevertheless do not count. */
  readonly hasAlpha: boolean;
  /** What libwebp allocates for VP8L data, of the picture or of its alpha values, beside the RGBA pixels. */
  readonly vp8lBytes: number;
};

/** After "RIFF", the length and "WEBP". */
export const WEBP_CHUNKS_OFFSET = 12;

const VP8X = fourCc("VP8X");
const EXIF = fourCc("EXIF");
const ANMF = fourCc("ANMF");
const EXIF_FLAG = 0x08;
const ALPHA_FLAG = 0x10;
const VP8L_HEADER_LENGTH = 5;
const EXIF_PREFIX = "Exif\0\0";

/** @throws ImageError IMAGE_CORRUPT if there is no complete picture */
export function readWebpHeader(bytes: Uint8Array): WebpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const walk = new RiffWalk(bytes);
  walk.enter(WEBP_CHUNKS_OFFSET, riffEnd(view));
  let extended: Extended | undefined;
  let orientation: Orientation | undefined;
  let first = true;
  let animationFrames = 0;
  let animationFrame: WebpFrame | undefined;
  const still = new PictureChunks();
  const inside = new AnimationFrames(bytes);
  for (; walk.next(); first = false) {
    // VP8X counts at the start only; without it, a file is one picture without metadata.
    if (walk.type === VP8X && first) extended = readExtended(bytes, walk);
    else if (walk.type === EXIF && hasFlag(extended, EXIF_FLAG)) {
      orientation ??= readOrientation(bytes, view, walk);
    } else if (walk.type === ANMF) {
      animationFrames++;
      animationFrame ??= inside.read(walk, extended);
    } else still.add(bytes, walk);
  }
  const frame = animationFrames > 0 ? animationFrame : still.placed(0, 0);
  if (!frame) throw corruptImage("WebP", "its picture is missing or ends early");
  return { ...describe(bytes, frame, extended, animationFrames), orientation: orientation ?? 1 };
}

function describe(
  bytes: Uint8Array,
  { alpha, ...picture }: WebpFrame,
  extended: Extended | undefined,
  animationFrames: number,
): Omit<WebpHeader, "orientation"> {
  const hasAlpha = extended ? hasFlag(extended, ALPHA_FLAG) : mayBeTransparent(bytes, picture);
  const frame: WebpFrame = { ...picture, alpha: hasAlpha ? alpha : undefined };
  const { width, height } = extended ?? frame;
  if (animationFrames === 0 && (frame.width !== width || frame.height !== height)) {
    const sizes = `${width}x${height} and ${frame.width}x${frame.height}`;
    throw corruptImage("WebP", `its headers contradict each other about its size: ${sizes}`);
  }
  return {
    format: "WEBP",
    width,
    height,
    frames: Math.max(animationFrames, 1),
    frame,
    hasAlpha,
    vp8lBytes: measureFrame(bytes, frame),
  };
}

function measureFrame(bytes: Uint8Array, { data, alpha, lossless, ...size }: WebpFrame): number {
  if (lossless)
    return measureVp8l(bytes, { ...data, start: data.start + VP8L_HEADER_LENGTH }, size, false);
  if (!alpha || !isCompressed(bytes, alpha)) return 0;
  return measureVp8l(bytes, { ...alpha, start: alpha.start + 1 }, size, true);
}

/** Whether alpha values are stored as VP8L (RFC 9649, section 2.7.1.2), not as they are. */
function isCompressed(bytes: Uint8Array, { start, end }: ByteRange): boolean {
  return end > start && ((bytes[start] as number) & 3) !== 0;
}

/** The canvas and the flags of a VP8X chunk. */
type Extended = { readonly flags: number; readonly width: number; readonly height: number };

/** Finds the first frame of an animation that can be decoded, with no object for those before it. */
class AnimationFrames {
  readonly #bytes: Uint8Array;
  readonly #walk: RiffWalk;
  readonly #chunks = new PictureChunks();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#walk = new RiffWalk(bytes);
  }

  /**
   * The frame in an ANMF chunk; undefined if it is empty or beyond the canvas. As in libwebp, the size of
   * the picture counts, not the one that ANMF gives.
   */
  read({ start, end }: RiffWalk, canvas: Extended | undefined): WebpFrame | undefined {
    if (end - start < ANMF_HEADER_LENGTH) return undefined;
    const bytes = this.#bytes;
    this.#chunks.clear();
    this.#walk.enter(start + ANMF_HEADER_LENGTH, end);
    while (this.#walk.next()) this.#chunks.add(bytes, this.#walk);
    const frame = this.#chunks.placed(uint24(bytes, start) * 2, uint24(bytes, start + 3) * 2);
    if (!frame) return undefined;
    const { left, top, width, height } = frame;
    const canvasWidth = canvas?.width ?? width;
    const canvasHeight = canvas?.height ?? height;
    return left + width <= canvasWidth && top + height <= canvasHeight ? frame : undefined;
  }
}

/** Where the chunks end: data behind the RIFF file do not belong to it. */
function riffEnd(view: DataView): number {
  if (view.byteLength < WEBP_CHUNKS_OFFSET) return view.byteLength;
  return 8 + view.getUint32(4, true);
}

function readExtended(bytes: Uint8Array, { start, end }: RiffWalk): Extended {
  if (end - start < 10) throw corruptImage("WebP", "its header is incomplete");
  return {
    flags: bytes[start] as number,
    width: uint24(bytes, start + 4) + 1,
    height: uint24(bytes, start + 7) + 1,
  };
}

function hasFlag(extended: Extended | undefined, flag: number): boolean {
  return extended !== undefined && (extended.flags & flag) !== 0;
}

/** Without VP8X, a VP8L picture itself says whether it uses alpha; a VP8 picture has none. */
function mayBeTransparent(
  bytes: Uint8Array,
  { lossless, data }: Omit<WebpFrame, "alpha">,
): boolean {
  return lossless && ((bytes[data.start + 4] as number) & 0x10) !== 0;
}

/** Some encoders keep the prefix that EXIF has in JPEG files. */
function readOrientation(bytes: Uint8Array, view: DataView, { start, end }: RiffWalk): Orientation {
  const prefixed = hasLatin1(bytes, EXIF_PREFIX, start);
  return findExifOrientation(view, start + (prefixed ? EXIF_PREFIX.length : 0), end) ?? 1;
}
