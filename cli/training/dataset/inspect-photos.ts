/** Reads every photo of a dataset once: whether it can be used, and what tells it from others. */
import { readFile } from "node:fs/promises";
import { ImageError } from "../../../src/errors.ts";
import type { ImageDecoder } from "../../../src/imaging/image-decoder.ts";
import { inspectImage } from "../../../src/imaging/inspect-image.ts";
import { DEFAULT_IMAGE_LIMITS } from "../../../src/imaging/limits.ts";
import { uprightSize } from "../../../src/imaging/orient.ts";
import type { RgbImage } from "../../../src/imaging/rgb-image.ts";
import type { Fingerprint } from "../../../src/training/data/group-duplicates.ts";
import { perceptualHash } from "../../../src/training/data/perceptual-hash.ts";
import { sha256 } from "../../files/sha256.ts";
import type { LabelledImage } from "../../images/list-images.ts";
import type { DamagedImage } from "../../images/skip-damaged.ts";
import { createNodeImageDecoder } from "../../platform/node-image-decoder.ts";

/** A photo that can be used. */
export type InspectedPhoto = LabelledImage & Fingerprint;

export type Inspection = {
  readonly photos: readonly InspectedPhoto[];
  readonly damaged: readonly DamagedImage[];
};

/** Gets a photo, its upright pixels, and its entry in the list. */
type Visit = (photo: InspectedPhoto, image: RgbImage, entry: LabelledImage) => Promise<void>;

/** Says which shorter side a photo must keep while it is decoded. */
type SideFor = (photo: { readonly width: number; readonly height: number }) => number;

/** Photos are reduced while they are decoded, but not below this. */
const MIN_SIDE = 256;

let decoder: ImageDecoder | undefined;

/**
 * @param visit - gets each photo that can be used, with its pixels; what it throws ends the inspection
 * @param onProgress - gets the number of photos that were read
 */
export async function inspectPhotos(
  photos: readonly LabelledImage[],
  onProgress: (done: number) => void,
  visit: Visit = async () => {},
  sideFor: SideFor = () => MIN_SIDE,
): Promise<Inspection> {
  const used: InspectedPhoto[] = [];
  const damaged: DamagedImage[] = [];
  for (const [i, photo] of photos.entries()) {
    const read = await readPhoto(photo.path, sideFor);
    if ("reason" in read) damaged.push({ path: photo.path, reason: read.reason });
    else {
      const hash = perceptualHash(read.image);
      const inspected = { ...photo, sha256: sha256(read.bytes), hash };
      await visit(inspected, read.image, photo);
      used.push(inspected);
    }
    onProgress(i + 1);
  }
  return { photos: used, damaged };
}

/** Reads a photo with the Worker's own code; says why if it cannot be used. */
async function readPhoto(
  path: string,
  sideFor: SideFor,
): Promise<{ readonly bytes: Uint8Array; readonly image: RgbImage } | { readonly reason: string }> {
  decoder ??= createNodeImageDecoder();
  try {
    const bytes = new Uint8Array(await readFile(path));
    const header = inspectImage(bytes);
    const minShorterSide = Math.max(MIN_SIDE, sideFor(uprightSize(header)));
    const limits = DEFAULT_IMAGE_LIMITS;
    decoder.check(header, bytes.byteLength, { limits, minShorterSide });
    return { bytes, image: await decoder.decode(bytes, header, minShorterSide) };
  } catch (error) {
    const isKnown = error instanceof ImageError || (error instanceof Error && "errno" in error);
    if (!isKnown) throw error;
    return { reason: error.message };
  }
}
