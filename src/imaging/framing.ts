/** Which part of a photo a network sees: as its manifest says, or as the caller chooses. */
import type { Size } from "./choose-reduction.ts";
import { letterboxed, type PreprocessSpec } from "./preprocess-spec.ts";

/** CROP is what the manifest says. WHOLE is the whole photo, letterboxed. TILES are squares along the longer side. */
export const FRAMINGS = ["CROP", "WHOLE", "TILES"] as const;

export type Framing = (typeof FRAMINGS)[number];

/** One spec for each part that the network sees in a pass. */
export type Frames = readonly [PreprocessSpec, ...PreprocessSpec[]];

/** Each tile costs a pass. */
const MAX_TILES = 5;

/** Up to this ratio of the sides, the square in the middle leaves so little out that one tile is enough. */
const ONE_TILE_RATIO = 1.125;

/** From one tile to the next, in tiles. What stands between two tiles is then whole in one of them, if it is small. */
const STEP = 0.75;

/**
 * Returns how the parts of a photo are made into inputs of the network.
 *
 * @param photo - size of the upright photo
 */
export function framePhoto(photo: Size, spec: PreprocessSpec, framing: Framing): Frames {
  switch (framing) {
    case "CROP":
      return [spec];
    case "WHOLE":
      return [letterboxed(spec)];
    case "TILES":
      return tile(photo, spec);
  }
}

/** Tiles have the aspect ratio of the input and are as large as possible. */
function tile(photo: Size, spec: PreprocessSpec): Frames {
  const { width, height, resize } = spec;
  const ratio = (photo.width * height) / (photo.height * width);
  const count = countTiles(Math.max(ratio, 1 / ratio));
  const tileAt = (position: number): PreprocessSpec => ({
    ...spec,
    resize: {
      fit: "crop",
      shorterSide: Math.min(width, height),
      interpolation: resize.interpolation,
      position,
    },
  });
  if (count === 1) return [tileAt(0.5)];
  const others = Array.from({ length: count - 1 }, (_, i) => tileAt((i + 1) / (count - 1)));
  return [tileAt(0), ...others];
}

/** @param ratio - how many tiles fit along the longer side, at least 1 */
function countTiles(ratio: number): number {
  if (ratio <= ONE_TILE_RATIO) return 1;
  return Math.min(MAX_TILES, 1 + Math.ceil((ratio - 1) / STEP));
}
