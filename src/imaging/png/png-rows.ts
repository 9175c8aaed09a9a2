/** The compressed pixels of a PNG as unfiltered rows, one at a time (W3C PNG, sections 7, 9, 10). */
import { corruptImage } from "../image-errors.ts";
import type { PngHeader } from "./png-header.ts";

/** One row of one pass. */
export type PngRow = {
  readonly pass: PngPass;
  /** Row within the pass. */
  readonly row: number;
  /** Packed samples as stored, without the filter byte. Reused for the next row. */
  readonly samples: Uint8Array;
};

/** The pixels of a pass are in columns x + i * stepX and rows y + j * stepY. */
export type PngPass = {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly width: number;
  readonly height: number;
};

/** Origin and step of Adam7's passes (PNG, section 8.2). */
const ADAM7: readonly (readonly [x: number, y: number, stepX: number, stepY: number])[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

const CHANNELS: Readonly<Record<PngHeader["colorType"], number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Bits of one pixel as stored. */
function bitsPerPixel({ colorType, bitDepth }: PngHeader): number {
  return CHANNELS[colorType] * bitDepth;
}

/** Bytes of a row of `width` pixels as stored, without the filter byte. */
export function rowBytes(header: PngHeader, width: number): number {
  return Math.ceil((width * bitsPerPixel(header)) / 8);
}

/**
 * Decompresses and unfilters. Reads no more data than the rows need, so that a stream which would
 * inflate to more than the image stops there.
 *
 * @param data - the contents of the IDAT chunks
 * @throws ImageError IMAGE_CORRUPT if the stream is damaged or ends early
 */
export async function* readPngRows(
  header: PngHeader,
  data: Iterable<Uint8Array>,
): AsyncGenerator<PngRow> {
  const inflated = new InflatedBytes(data);
  try {
    const pixelBytes = Math.max(1, bitsPerPixel(header) >> 3);
    for (const pass of passesOf(header)) {
      const length = rowBytes(header, pass.width);
      let current = new Uint8Array(length + 1);
      let previous = new Uint8Array(length + 1);
      for (let row = 0; row < pass.height; row++) {
        if (!inflated.take(current)) await inflated.fill(current);
        unfilter(current, previous, pixelBytes);
        yield { pass, row, samples: current.subarray(1) };
        [current, previous] = [previous, current];
      }
    }
  } finally {
    inflated.cancel();
  }
}

function passesOf({ width, height, interlaced }: PngHeader): PngPass[] {
  if (!interlaced) return [{ x: 0, y: 0, stepX: 1, stepY: 1, width, height }];
  return ADAM7.map(([x, y, stepX, stepY]) => ({
    x,
    y,
    stepX,
    stepY,
    width: Math.ceil((width - x) / stepX),
    height: Math.ceil((height - y) / stepY),
  })).filter((pass) => pass.width > 0 && pass.height > 0);
}

/** The platform's inflate, read in exact amounts. */
class InflatedBytes {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(data: Iterable<Uint8Array>) {
    const chunks = data[Symbol.iterator]();
    const compressed = new ReadableStream<Uint8Array>({
      pull(controller) {
        const next = chunks.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
    });
    // The Compression Streams standard calls PNG's zlib streams "deflate".
    const inflater = new DecompressionStream("deflate") as ReadableWritablePair<
      Uint8Array,
      Uint8Array
    >;
    this.#reader = compressed.pipeThrough(inflater).getReader();
  }

  /** Fills `target` from what has arrived already; false if that is not enough. */
  take(target: Uint8Array): boolean {
    const end = this.#at + target.length;
    if (end > this.#chunk.length) return false;
    target.set(this.#chunk.subarray(this.#at, end));
    this.#at = end;
    return true;
  }

  async fill(target: Uint8Array): Promise<void> {
    let filled = 0;
    while (filled < target.length) {
      if (this.#at === this.#chunk.length) await this.#next();
      const part = this.#chunk.subarray(this.#at, this.#at + target.length - filled);
      target.set(part, filled);
      filled += part.length;
      this.#at += part.length;
    }
  }

  cancel(): void {
    this.#reader.cancel().catch(() => {});
  }

  async #next(): Promise<void> {
    const result = await this.#reader.read().catch((cause: unknown) => {
      throw corruptImage("PNG", "its compressed data cannot be decoded", cause);
    });
    if (result.done)
      throw corruptImage("PNG", "its compressed data ends early, so pixels are missing");
    this.#chunk = result.value;
    this.#at = 0;
  }
}

/**
 * Undoes a row's filter in place (PNG, section 9.2). Both rows start with their filter byte; that of
 * `previous` is ignored.
 */
function unfilter(current: Uint8Array, previous: Uint8Array, pixelBytes: number): void {
  const first = 1 + pixelBytes;
  const { length } = current;
  switch (current[0]) {
    case 0:
      return;
    case 1:
      for (let i = first; i < length; i++) {
        current[i] = (current[i] as number) + (current[i - pixelBytes] as number);
      }
      return;
    case 2:
      for (let i = 1; i < length; i++) {
        current[i] = (current[i] as number) + (previous[i] as number);
      }
      return;
    case 3:
      for (let i = 1; i < length; i++) {
        const left = i < first ? 0 : (current[i - pixelBytes] as number);
        current[i] = (current[i] as number) + ((left + (previous[i] as number)) >> 1);
      }
      return;
    case 4:
      for (let i = 1; i < length; i++) {
        const left = i < first ? 0 : (current[i - pixelBytes] as number);
        const upperLeft = i < first ? 0 : (previous[i - pixelBytes] as number);
        current[i] = (current[i] as number) + paeth(left, previous[i] as number, upperLeft);
      }
      return;
    default:
      throw corruptImage("PNG", `a row has filter ${current[0]}, which PNG does not have`);
  }
}

function paeth(left: number, above: number, upperLeft: number): number {
  const estimate = left + above - upperLeft;
  const toLeft = Math.abs(estimate - left);
  const toAbove = Math.abs(estimate - above);
  const toUpperLeft = Math.abs(estimate - upperLeft);
  if (toLeft <= toAbove && toLeft <= toUpperLeft) return left;
  return toAbove <= toUpperLeft ? above : upperLeft;
}
