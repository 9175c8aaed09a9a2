import { encodeAvif, encodeDeepAvif, withAlpha } from "../encoders.ts";
import type { FuzzFormat, Seeds } from "../fuzz-format.ts";
import { cropPhoto } from "../seed-photo.ts";
import { AVIF_MUTATIONS } from "./avif-mutations.ts";
import { parseAvif, writeAvif } from "./avif-parts.ts";
import { makeGrid } from "./make-grid.ts";

export const fuzzAvif: FuzzFormat = {
  format: "AVIF",
  extension: "avif",
  makeSeeds,
  parse: parseAvif,
  write: writeAvif,
  mutations: AVIF_MUTATIONS,
};

/** Values of the encoder's option `subsample`. */
const GREY = 0;
const ALL_COLOUR = 3;

async function makeSeeds(): Promise<Seeds> {
  const photo = await cropPhoto(93, 70);
  const tile = await cropPhoto(64, 64);
  return [
    await encodeAvif(photo, { quality: 60 }),
    await encodeAvif(withAlpha(photo), { quality: 50 }),
    await encodeAvif(photo, { quality: 60, subsample: GREY }),
    await encodeAvif(photo, { quality: 40, subsample: ALL_COLOUR }),
    await encodeAvif(tile, { lossless: true }),
    await encodeDeepAvif(tile),
    await encodeAvif(await cropPhoto(300, 200), { quality: 20, tileColsLog2: 1, tileRowsLog2: 1 }),
    makeGrid(await encodeAvif(tile, { quality: 40 }), { columns: 2, rows: 2, side: 64 }),
    // More than a megapixel, which is reduced after decoding.
    await encodeAvif(await cropPhoto(1100, 1000), { quality: 0 }),
  ];
}
