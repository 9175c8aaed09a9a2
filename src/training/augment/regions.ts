/** Regions of an image drawn at random. */
import type { Region } from "../../imaging/resize.ts";
import type { Random } from "../random.ts";

type Size = { readonly width: number; readonly height: number };
type Range = readonly [low: number, high: number];

/** How often a region that does not fit is drawn again. */
const ATTEMPTS = 10;

/** A region of a given size anywhere in an image that is at least as large. */
export function drawCrop(image: Size, { width, height }: Size, random: Random): Region {
  const top = random.below(image.height - height + 1);
  const left = random.below(image.width - width + 1);
  return { left, top, width, height };
}

/**
 * A region by its share of the area and its aspect ratio, like TorchVision's `RandomResizedCrop`.
 *
 * @param area - shares of the image, 0 to 1
 * @param ratio - of width to height, drawn evenly on a logarithmic scale
 * @returns the largest region in the centre within `ratio`, if none of ten fits
 */
export function drawResizedCrop(image: Size, area: Range, ratio: Range, random: Random): Region {
  const region = drawByArea(image, area, ratio, random, true);
  if (region) return region;
  const aspect = Math.min(Math.max(image.width / image.height, ratio[0]), ratio[1]);
  const width = Math.min(image.width, Math.round(image.height * aspect));
  const height = Math.min(image.height, Math.round(image.width / aspect));
  return {
    left: Math.floor((image.width - width) / 2),
    top: Math.floor((image.height - height) / 2),
    width,
    height,
  };
}

/**
 * A region to erase, like TorchVision's `RandomErasing`.
 *
 * @returns undefined if none of ten fits
 */
export function drawErased(
  image: Size,
  area: Range,
  ratio: Range,
  random: Random,
): Region | undefined {
  return drawByArea(image, area, ratio, random, false);
}

function drawByArea(
  image: Size,
  [smallest, largest]: Range,
  [narrowest, widest]: Range,
  random: Random,
  mayFill: boolean,
): Region | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const area = image.width * image.height * random.between(smallest, largest);
    const aspect = Math.exp(random.between(Math.log(narrowest), Math.log(widest)));
    const width = Math.round(Math.sqrt(area * aspect));
    const height = Math.round(Math.sqrt(area / aspect));
    if (width < 1 || height < 1) continue;
    const fits = mayFill
      ? width <= image.width && height <= image.height
      : width < image.width && height < image.height;
    if (fits) return drawCrop(image, { width, height }, random);
  }
  return undefined;
}
