import type { Triple } from "../../imaging/preprocess-spec.ts";
import type { Region } from "../../imaging/resize.ts";
import type { RgbImage } from "../../imaging/rgb-image.ts";

/**
 * Fills a region with one colour. With the mean of the preprocessing it is 0 in the tensor, to within half a grey
 * level, which is what TorchVision's `RandomErasing` writes there.
 *
 * @param colour - RGB, 0 to 255
 */
export function erase(image: RgbImage, region: Region, colour: Triple): RgbImage {
  const data = image.data.slice();
  for (let y = region.top; y < region.top + region.height; y++) {
    for (let x = region.left; x < region.left + region.width; x++) {
      data.set(colour, (y * image.width + x) * 3);
    }
  }
  return { ...image, data };
}
