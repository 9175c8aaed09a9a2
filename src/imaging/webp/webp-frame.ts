/** Finds the picture among the chunks of a WebP (RFC 9649, section 2.7). */
import { corruptImage } from "../image-errors.ts";
import { fourCc, type RiffWalk } from "./riff-chunks.ts";

/** A part of the file. */
export type ByteRange = { readonly start: number; readonly end: number };

/** The picture that is decoded, and its position on the canvas. */
export type WebpFrame = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** The data of the VP8 or VP8L chunk. */
  readonly data: ByteRange;
  /** Whether it is VP8L. */
  readonly lossless: boolean;
  /** The data of the ALPH chunk of a lossy picture. */
  readonly alpha: ByteRange | undefined;
};

const ALPH = fourCc("ALPH");
const VP8 = fourCc("VP8 ");
const VP8L = fourCc("VP8L");

/** Position, size, duration and flags before the chunks of an ANMF frame. */
export const ANMF_HEADER_LENGTH = 16;

/**
 * Collects the chunks of one picture. As in libwebp, the first VP8 or VP8L chunk counts, and an ALPH chunk
 * counts if it stands before it.
 */
export class PictureChunks {
  #alpha: ByteRange | undefined;
  #picture: Omit<WebpFrame, "left" | "top" | "alpha"> | undefined;

  /** Takes the chunk at which the walk is. */
  add(bytes: Uint8Array, { type, start, end }: RiffWalk): void {
    if (this.#picture) return;
    if (type === ALPH) this.#alpha ??= { start, end };
    else if (type === VP8 || type === VP8L) {
      const size = readSize(bytes, type, start, end);
      if (size) this.#picture = { ...size, data: { start, end }, lossless: type === VP8L };
    }
  }

  /** Forgets the chunks so far. */
  clear(): void {
    this.#alpha = undefined;
    this.#picture = undefined;
  }

  /** The picture at a position; undefined if there is none. */
  placed(left: number, top: number): WebpFrame | undefined {
    const picture = this.#picture;
    return picture && { ...picture, left, top, alpha: picture.lossless ? undefined : this.#alpha };
  }
}

/** The size that libwebp reads from the data of a VP8 or VP8L chunk, and allocates memory for. */
function readSize(bytes: Uint8Array, type: number, start: number, end: number) {
  if (type === VP8L) {
    if (end - start < 5 || bytes[start] !== 0x2f) return undefined;
    const bits = uint24(bytes, start + 1) + (bytes[start + 4] as number) * 0x1000000;
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (end - start < 10 || uint24(bytes, start + 3) !== 0x2a019d) return undefined;
  const width = uint24(bytes, start + 6) & 0x3fff;
  const height = (uint24(bytes, start + 7) >> 8) & 0x3fff;
  if (width === 0 || height === 0)
    throw corruptImage("WebP", "its header says that it has no pixels");
  return { width, height };
}

export function uint24(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)
  );
}
