/** From the bytes of a file to what a network takes. */
import type { CommonHeader } from "./common-header.ts";
import type { DecodeOptions, ImageDecoder } from "./image-decoder.ts";
import type { ImageHeader } from "./image-header.ts";
import { imageToTensor } from "./image-to-tensor.ts";
import { inspectImage } from "./inspect-image.ts";
import type { ImageLimits } from "./limits.ts";
import { uprightSize } from "./orient.ts";
import { placePhoto, shorterSideFor } from "./place-photo.ts";
import type { PreprocessSpec } from "./preprocess-spec.ts";
import type { RgbImage } from "./rgb-image.ts";

/**
 * Inspects, checks and decodes an image.
 *
 * @returns upright, opaque pixels
 * @throws ImageError
 */
export async function decodeImage(
  bytes: Uint8Array,
  decoder: ImageDecoder,
  options: DecodeOptions,
): Promise<{ readonly header: ImageHeader; readonly image: RgbImage }> {
  const header = inspectImage(bytes);
  decoder.check(header, bytes.byteLength, options);
  return { header, image: await decoder.decode(bytes, header, options.minShorterSide) };
}

/** Returns the shorter side that an image must keep while it is decoded for a network, in pixels. */
export function neededShorterSide(
  header: Pick<CommonHeader, "width" | "height" | "orientation">,
  preprocess: PreprocessSpec,
): number {
  const photo = uprightSize(header);
  return shorterSideFor(photo, placePhoto(photo, preprocess));
}

/**
 * Inspects, checks and decodes an image, and makes a model's input of it.
 *
 * @returns tensor: [1, 3, height, width], as {@link imageToTensor} makes it
 * @throws ImageError
 */
export async function prepareImage(
  bytes: Uint8Array,
  preprocess: PreprocessSpec,
  decoder: ImageDecoder,
  limits: ImageLimits,
): Promise<{ readonly header: ImageHeader; readonly tensor: Float32Array }> {
  const header = inspectImage(bytes);
  const minShorterSide = neededShorterSide(header, preprocess);
  decoder.check(header, bytes.byteLength, { limits, minShorterSide });
  const image = await decoder.decode(bytes, header, minShorterSide);
  return { header, tensor: imageToTensor(image, preprocess) };
}
