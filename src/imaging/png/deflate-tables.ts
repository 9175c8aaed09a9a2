/** The constants of DEFLATE (RFC 1951). */
import { HuffmanTable } from "./huffman-table.ts";

/** Bases and extra bits of match lengths (symbols 257 to 285) and distances (RFC 1951, section 3.2.5). */
export const LENGTH_BASES = Uint16Array.of(
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27],
  ...[31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258],
);
export const LENGTH_BITS = Uint8Array.of(
  ...[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2],
  ...[2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0],
);
export const DISTANCE_BITS = Uint8Array.from({ length: 30 }, (_, i) => Math.max(0, (i >> 1) - 1));
export const DISTANCE_BASES = Uint16Array.from({ length: 30 }, (_, i) =>
  i < 2 ? i + 1 : ((2 + (i & 1)) << (DISTANCE_BITS[i] as number)) + 1,
);
/** The order in which a block gives the lengths of the codes for code lengths (RFC 1951, section 3.2.7). */
export const LENGTH_CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** RFC 1951, section 3.2.6. */
export const FIXED_LITERALS = new HuffmanTable(288);
FIXED_LITERALS.build(
  Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
  0,
  288,
);
export const FIXED_DISTANCES = new HuffmanTable(32);
FIXED_DISTANCES.build(new Uint8Array(32).fill(5), 0, 32);
