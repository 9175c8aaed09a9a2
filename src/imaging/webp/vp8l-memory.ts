/**
 * What libwebp allocates for a VP8L picture beside its RGBA pixels. A few hundred kilobytes can ask for
 * 65,536 groups of prefix codes of 12 KB each, and only the picture of their numbers tells. This reads what
 * stands before the pixels (RFC 9649, sections 3.5 to 3.7) and keeps none of it.
 */
import { corruptImage } from "../image-errors.ts";
import { type PrefixCode, readPrefixCode, Vp8lBits } from "./vp8l-codes.ts";
import type { ByteRange } from "./webp-frame.ts";

const COLOR_INDEXING = 3;
const SUBTRACT_GREEN = 2;

/** The sizes of libwebp's tables (vp8l_dec.c, kTableSize), in entries of 4 bytes, without the colour cache. */
const TABLE_ENTRIES = 2300 + 656;
/** libwebp's struct HTreeGroup. */
const GROUP_BYTES = 560;
/** Rows of pixels that libwebp keeps beside the picture. */
const CACHE_ROWS = 17;
/** Above this, the pixels alone take more than any limit allows, and reading further would be wasted. */
const MAX_PIXELS = 120_000_000;

type Picture = { readonly width: number; readonly height: number };

/**
 * @param range - the data of a VP8L chunk behind its header of 5 bytes, or of an ALPH chunk behind its first byte
 * @param isAlpha - whether only the green channel is used, for which libwebp may need one byte a pixel
 * @throws ImageError IMAGE_CORRUPT
 */
export function measureVp8l(
  bytes: Uint8Array,
  range: ByteRange,
  { width, height }: Picture,
  isAlpha: boolean,
): number {
  const wholeBytes = (width * height + CACHE_ROWS * width) * 4;
  if (width * height > MAX_PIXELS) return wholeBytes;
  const bits = new Vp8lBits(bytes, range);
  const seen = new Set<number>();
  let codedWidth = width;
  let transformBytes = 0;
  while (bits.read(1) === 1) {
    const type = bits.read(2);
    if (seen.has(type)) throw corruptImage("WebP", "it has a transform twice");
    seen.add(type);
    if (type === SUBTRACT_GREEN) continue;
    if (type === COLOR_INDEXING) {
      const colors = bits.read(8) + 1;
      skipPicture(bits, { width: colors, height: 1 });
      codedWidth = Math.ceil(codedWidth / pixelsPerByte(colors));
      transformBytes += 2048;
    } else transformBytes += skipTiles(bits, codedWidth, height).bytes;
  }
  const cacheBits = readCacheBits(bits);
  const tiles = bits.read(1) === 1 ? skipTiles(bits, codedWidth, height) : { bytes: 0, groups: 1 };
  const groupBytes = TABLE_ENTRIES * 4 + GROUP_BYTES + (cacheBits > 0 ? 4 << cacheBits : 0);
  const fixedBytes = transformBytes + tiles.bytes + tiles.groups * groupBytes;
  const onlyIndexes = isAlpha && seen.size === 1 && seen.has(COLOR_INDEXING) && cacheBits === 0;
  if (onlyIndexes && onlyGreen(bits, tiles.groups)) return fixedBytes + codedWidth * height;
  return fixedBytes + (codedWidth * height + CACHE_ROWS * width) * 4;
}

/** Indexes of a palette of up to 16 colours share a byte. */
function pixelsPerByte(colors: number): number {
  if (colors > 16) return 1;
  if (colors > 4) return 2;
  return colors > 2 ? 4 : 8;
}

/** Skips a picture with one pixel for each square of the whole; it may hold the numbers of groups. */
function skipTiles(bits: Vp8lBits, width: number, height: number) {
  const side = 1 << (bits.read(3) + 2);
  const tiles = { width: Math.ceil(width / side), height: Math.ceil(height / side) };
  return { bytes: tiles.width * tiles.height * 4, groups: skipPicture(bits, tiles) + 1 };
}

function readCacheBits(bits: Vp8lBits): number {
  if (bits.read(1) === 0) return 0;
  const cacheBits = bits.read(4);
  if (cacheBits < 1 || cacheBits > 11) throw corruptImage("WebP", "its colour cache is impossible");
  return cacheBits;
}

/**
 * Skips a picture inside the picture.
 *
 * @returns the largest number in its red and green bytes. References repeat what literals have shown.
 */
function skipPicture(bits: Vp8lBits, { width, height }: Picture): number {
  const cacheBits = readCacheBits(bits);
  const codes = readGroup(bits, cacheBits);
  const [green, red, blue, alpha, distance] = codes;
  const pixels = width * height;
  if ([green, red, blue, alpha].every((code) => code.only >= 0) && green.only < 256)
    return (red.only << 8) | green.only;
  let largest = 0;
  for (let i = 0; i < pixels; ) {
    const symbol = bits.symbol(green);
    if (symbol < 256) {
      largest = Math.max(largest, (bits.symbol(red) << 8) | symbol);
      bits.symbol(blue);
      bits.symbol(alpha);
      i++;
    } else if (symbol < 280) {
      i += bits.extended(symbol - 256);
      bits.extended(bits.symbol(distance));
    } else i++;
  }
  return largest;
}

/** Whether all groups of codes vary in green alone. */
function onlyGreen(bits: Vp8lBits, groups: number): boolean {
  for (let i = 0; i < groups; i++) {
    const [, red, blue, alpha] = readGroup(bits, 0);
    if (red.only < 0 || blue.only < 0 || alpha.only < 0) return false;
  }
  return true;
}

type Group = [
  green: PrefixCode,
  red: PrefixCode,
  blue: PrefixCode,
  alpha: PrefixCode,
  distance: PrefixCode,
];

function readGroup(bits: Vp8lBits, cacheBits: number): Group {
  const greens = 280 + (cacheBits > 0 ? 1 << cacheBits : 0);
  return [
    readPrefixCode(bits, greens),
    readPrefixCode(bits, 256),
    readPrefixCode(bits, 256),
    readPrefixCode(bits, 256),
    readPrefixCode(bits, 40),
  ];
}
