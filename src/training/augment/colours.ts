/** Changes of colour, like Pillow's `ImageEnhance` and `ImageOps` on 8-bit images, which TorchVision calls. */
import type { RgbImage } from "../../imaging/rgb-image.ts";

/** @param factor - 0 is black, 1 the image itself */
export function adjustBrightness(image: RgbImage, factor: number): RgbImage {
  return blendWithLevel(0, image, factor);
}

/** @param factor - 0 is an even grey, 1 the image itself */
export function adjustContrast(image: RgbImage, factor: number): RgbImage {
  const grey = toGrey(image);
  let total = 0;
  for (const value of grey) total += value;
  return blendWithLevel(Math.floor(total / grey.length + 0.5), image, factor);
}

/** @param factor - 0 is the image in shades of grey, 1 the image itself */
export function adjustSaturation(image: RgbImage, factor: number): RgbImage {
  const grey = toGrey(image);
  const data = new Uint8Array(image.data.length);
  const alpha = Math.fround(factor);
  for (let pixel = 0, i = 0; pixel < grey.length; pixel++) {
    const start = grey[pixel] as number;
    for (const end = i + 3; i < end; i++) data[i] = mix(start, image.data[i] as number, alpha);
  }
  return { ...image, data };
}

/** @param factor - 0 is a smoothed image, 1 the image itself */
export function adjustSharpness(image: RgbImage, factor: number): RgbImage {
  const smooth = smoothen(image);
  const alpha = Math.fround(factor);
  for (let i = 0; i < smooth.length; i++) {
    smooth[i] = mix(smooth[i] as number, image.data[i] as number, alpha);
  }
  return { ...image, data: smooth };
}

/**
 * Shifts the hue, in the steps of 1/255 that Pillow's HSV images have.
 *
 * @param share - of the colour wheel, -0.5 to 0.5
 */
export function adjustHue(image: RgbImage, share: number): RgbImage {
  const shift = Math.trunc(share * 255);
  const data = image.data.slice();
  for (let i = 0; i < data.length; i += 3) {
    writeHsv(data, i);
    data[i] = (data[i] as number) + shift;
    writeRgb(data, i);
  }
  return { ...image, data };
}

/** Keeps the highest bits of each value. */
export function posterize(image: RgbImage, bits: number): RgbImage {
  const mask = 0xff & ~(2 ** (8 - bits) - 1);
  return map(image, (value) => value & mask);
}

/** Inverts each value that is not below the threshold. */
export function solarize(image: RgbImage, threshold: number): RgbImage {
  return map(image, (value) => (value < threshold ? value : 255 - value));
}

/** Stretches each channel to the whole range. */
export function autoContrast(image: RgbImage): RgbImage {
  return mapChannels(image, (counts) => {
    const low = counts.findIndex((count) => count > 0);
    const high = counts.findLastIndex((count) => count > 0);
    if (high <= low) return (value) => value;
    const scale = 255 / (high - low);
    return (value) => clip(Math.trunc(value * scale - low * scale));
  });
}

/** Spreads the values of each channel so that they are equally frequent. */
export function equalize(image: RgbImage): RgbImage {
  return mapChannels(image, (counts) => {
    const used = counts.filter((count) => count > 0);
    const step = Math.floor((sum(used) - (used.at(-1) ?? 0)) / 255);
    if (used.length <= 1 || step === 0) return (value) => value;
    let before = Math.floor(step / 2);
    const levels = counts.map((count) => {
      const level = Math.floor(before / step);
      before += count;
      return level;
    });
    return (value) => clip(levels[value] as number);
  });
}

function blendWithLevel(level: number, image: RgbImage, factor: number): RgbImage {
  const alpha = Math.fround(factor);
  return map(image, (value) => mix(level, value, alpha));
}

/** Pillow truncates, in single precision. */
function mix(start: number, value: number, alpha: number): number {
  return clip(Math.trunc(Math.fround(start + Math.fround(alpha * (value - start)))));
}

/** Luma by ITU-R BT.601, in Pillow's fixed point. */
function toGrey({ data }: RgbImage): Uint8Array {
  const grey = new Uint8Array(data.length / 3);
  for (let pixel = 0, i = 0; pixel < grey.length; pixel++, i += 3) {
    const red = 19595 * (data[i] as number);
    const green = 38470 * (data[i + 1] as number);
    const blue = 7471 * (data[i + 2] as number);
    grey[pixel] = (red + green + blue + 0x8000) >> 16;
  }
  return grey;
}

/** A mean of 3x3 pixels in which that in the middle counts five times; the edges stay. */
function smoothen({ width, height, data }: RgbImage): Uint8Array {
  const smooth = data.slice();
  const row = width * 3;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * row + 3; i < (y + 1) * row - 3; i++) {
      let total = 4 * (data[i] as number);
      for (const from of [i - row, i, i + row]) {
        total += (data[from - 3] as number) + (data[from] as number) + (data[from + 3] as number);
      }
      smooth[i] = Math.trunc(total / 13 + 0.5);
    }
  }
  return smooth;
}

/** Replaces RGB by hue, saturation and value, 0 to 255, truncated, from single precision like Pillow's. */
function writeHsv(data: Uint8Array, at: number): void {
  const [r, g, b] = [data[at] as number, data[at + 1] as number, data[at + 2] as number];
  const value = Math.max(r, g, b);
  const chroma = value - Math.min(r, g, b);
  const from = (channel: number) => Math.fround((value - channel) / chroma);
  data[at + 2] = value;
  data[at + 1] = chroma === 0 ? 0 : Math.trunc(Math.fround(chroma / value) * 255);
  if (chroma === 0) {
    data[at] = 0;
    return;
  }
  let sector = 4 + from(g) - from(r);
  if (r === value) sector = from(b) - from(g);
  else if (g === value) sector = 2 + from(r) - from(b);
  data[at] = Math.trunc(Math.fround((Math.fround(sector) / 6 + 1) % 1) * 255);
}

/** R, G and B for each sixth of the colour wheel, as indices into value, low, falling and rising. */
const SECTORS = [
  [0, 3, 1],
  [2, 0, 1],
  [1, 0, 3],
  [1, 2, 0],
  [3, 1, 0],
  [0, 1, 2],
] as const;

/** The inverse of writeHsv. Source: Smith 1978, "Color gamut transform pairs". */
function writeRgb(data: Uint8Array, at: number): void {
  const position = ((data[at] as number) * 6) / 255;
  const strength = (data[at + 1] as number) / 255;
  const value = data[at + 2] as number;
  const sector = Math.floor(position);
  const fraction = position - sector;
  const low = Math.round(value * (1 - strength));
  const falling = Math.round(value * (1 - strength * fraction));
  const rising = Math.round(value * (1 - strength * (1 - fraction)));
  const channels = SECTORS[sector % SECTORS.length] as (typeof SECTORS)[number];
  for (let i = 0; i < channels.length; i++) {
    const which = channels[i];
    data[at + i] = which === 0 ? value : which === 1 ? low : which === 2 ? falling : rising;
  }
}

function map(image: RgbImage, level: (value: number) => number): RgbImage {
  const levels = Uint8Array.from({ length: 256 }, (_, value) => level(value));
  const data = new Uint8Array(image.data.length);
  for (let i = 0; i < data.length; i++) data[i] = levels[image.data[i] as number] as number;
  return { ...image, data };
}

function mapChannels(
  image: RgbImage,
  levelsOf: (counts: readonly number[]) => (value: number) => number,
): RgbImage {
  const data = new Uint8Array(image.data.length);
  for (const channel of [0, 1, 2]) {
    const counts = new Array<number>(256).fill(0);
    for (let i = channel; i < data.length; i += 3) {
      const value = image.data[i] as number;
      counts[value] = (counts[value] as number) + 1;
    }
    const level = levelsOf(counts);
    for (let i = channel; i < data.length; i += 3) data[i] = level(image.data[i] as number);
  }
  return { ...image, data };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function clip(value: number): number {
  return Math.min(Math.max(value, 0), 255);
}
