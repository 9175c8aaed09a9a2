import { childBoxes, findBox, findPath, uintAt } from "./bmff-boxes.ts";

/** The largest number that the GraphQL type Int holds. */
const MAX_INT = 2 ** 31 - 1;

/**
 * The frames of an image sequence: the samples of its longest track (`stsz`, or `stz2`; ISO/IEC 14496-12,
 * section 8.7.3). 1 for a still image.
 */
export function countFrames(bytes: Uint8Array): number {
  const moov = findBox({ type: "file", data: bytes }, "moov");
  let frames = 1;
  for (const track of moov ? childBoxes(moov) : []) {
    if (track.type !== "trak") continue;
    const samples = findPath(track, "mdia", "minf", "stbl");
    const sizes = samples && (findBox(samples, "stsz") ?? findBox(samples, "stz2"));
    // The version, a size or its bits, and the count.
    if (sizes) frames = Math.max(frames, uintAt(sizes.data, 8, 4));
  }
  return Math.min(frames, MAX_INT);
}
