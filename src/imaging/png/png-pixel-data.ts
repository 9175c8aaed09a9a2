import type { ReadBytes } from "./bit-reader.ts";
import { ChunkWalk, chunkType } from "./png-chunks.ts";

const IDAT = chunkType("IDAT");
/** Shorter pieces are copied byte by byte, which is faster than making a view for each. */
const SHORT_BYTES = 64;

/**
 * Reads the contents of the IDAT chunks as one stream. Their checksums are not looked at: as in browsers,
 * pixels that can be decoded are shown.
 *
 * @param start - the offset of the first IDAT chunk
 */
export function readPixelData(bytes: Uint8Array, start: number): ReadBytes {
  const walk = new ChunkWalk(bytes, start);
  let at = 0;
  let end = 0;
  return (target) => {
    let filled = 0;
    while (filled < target.length) {
      if (at === end) {
        if (!walk.next()) break;
        if (walk.type === IDAT) {
          ({ at } = walk);
          end = at + walk.length;
        }
        continue;
      }
      const length = Math.min(end - at, target.length - filled);
      if (length < SHORT_BYTES) {
        for (let i = 0; i < length; i++) target[filled + i] = bytes[at + i] as number;
      } else target.set(bytes.subarray(at, at + length), filled);
      at += length;
      filled += length;
    }
    return filled;
  };
}
