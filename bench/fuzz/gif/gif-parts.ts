/** GIF as blocks and sub-blocks (GIF89a specification). */
import { concat, EMPTY } from "../bytes.ts";
import { makePart, type Part, RAW } from "../part.ts";

/** Signature, screen size, flags, background and aspect ratio. */
export const SCREEN = "screen";
export const PALETTE = "palette";
export const IMAGE = "image";
export const EXTENSION = "extension";
export const CODE_SIZE = "code size";
export const SUB_BLOCK = "sub-block";
/** The empty sub-block at the end of a chain. */
export const CHAIN_END = "end of sub-blocks";
export const TRAILER = "trailer";

const SCREEN_LENGTH = 13;
const DESCRIPTOR_LENGTH = 10;

export function parseGif(file: Uint8Array): Part[] {
  const parts = [makePart(SCREEN, file.slice(0, SCREEN_LENGTH))];
  let at = SCREEN_LENGTH + takePalette(parts, file, SCREEN_LENGTH, file[10]);
  while (at < file.length) {
    const block = file[at];
    if (block === 0x21) {
      const children: Part[] = [];
      const head = file.slice(at, at + 2);
      at = takeSubBlocks(children, file, at + 2);
      parts.push(makePart(EXTENSION, EMPTY, { head, children }));
    } else if (block === 0x2c) {
      const children: Part[] = [];
      const head = file.slice(at, at + DESCRIPTOR_LENGTH);
      at += DESCRIPTOR_LENGTH;
      at += takePalette(children, file, at, head[9]);
      children.push(makePart(CODE_SIZE, file.slice(at, at + 1)));
      at = takeSubBlocks(children, file, at + 1);
      parts.push(makePart(IMAGE, EMPTY, { head, children }));
    } else {
      const end = block === 0x3b ? at + 1 : file.length;
      parts.push(makePart(block === 0x3b ? TRAILER : RAW, file.slice(at, end)));
      at = end;
    }
  }
  return parts;
}

export function writeGif(parts: readonly Part[]): Uint8Array {
  return concat(
    parts.map(({ type, head, data, children, claimedLength }) => {
      if (type === SUB_BLOCK) return writeSubBlock(data, claimedLength);
      return concat([head, children ? writeGif(children) : data]);
    }),
  );
}

/** Cuts data into sub-blocks of up to `most` bytes, and ends the chain. */
export function makeSubBlocks(data: Uint8Array, most = 255): Part[] {
  const count = Math.ceil(data.length / most);
  const blocks = Array.from({ length: count }, (_, i) =>
    makePart(SUB_BLOCK, data.slice(i * most, (i + 1) * most)),
  );
  return [...blocks, makePart(CHAIN_END, Uint8Array.of(0))];
}

function takePalette(parts: Part[], file: Uint8Array, at: number, flags = 0): number {
  if ((flags & 0x80) === 0) return 0;
  const length = 3 * 2 ** ((flags & 7) + 1);
  parts.push(makePart(PALETTE, file.slice(at, at + length)));
  return length;
}

function takeSubBlocks(parts: Part[], file: Uint8Array, offset: number): number {
  let at = offset;
  while (at < file.length) {
    const length = file[at] as number;
    if (length === 0) {
      parts.push(makePart(CHAIN_END, file.slice(at, at + 1)));
      return at + 1;
    }
    const data = file.slice(at + 1, at + 1 + length);
    const part = makePart(SUB_BLOCK, data);
    // The last one of a file that was cut.
    if (data.length < length) part.claimedLength = length;
    parts.push(part);
    at += 1 + length;
  }
  return file.length;
}

/** Data that was made longer than a sub-block can be becomes several. */
function writeSubBlock(data: Uint8Array, claimedLength: number | undefined): Uint8Array {
  if (claimedLength !== undefined || data.length <= 255) {
    return concat([Uint8Array.of(claimedLength ?? data.length), data]);
  }
  return writeGif(makeSubBlocks(data).slice(0, -1));
}
