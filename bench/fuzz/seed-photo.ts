import { makePhoto, type Photo } from "../photo-files.ts";

/** The part of the photo that is taken: the sky around it would compress to nearly nothing. */
const LEFT = 250;
const TOP = 180;

/** A part of a photo, for files of a few kilobytes. */
export async function cropPhoto(width: number, height: number): Promise<Photo> {
  const photo = await makePhoto(LEFT + width, TOP + height);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const from = ((TOP + y) * photo.width + LEFT) * 4;
    data.set(photo.data.subarray(from, from + width * 4), y * width * 4);
  }
  return { ...photo, width, height, data };
}
