/** Changes of colour, like Pillow's `ImageEnhance` and `ImageOps` on 8-bit images, which TorchVision calls. */
import type { RgbImage } from "../../imaging/rgb-image.ts";

/** @param factor - 0 is black, 1 the image itself */
export function adjustBrightness(image: RgbImage, factor: number): RgbImage {
  return blend(() => 0, image, factor);
}

/** @param factor - 0 is an even grey, 1 the image itself */
export function adjustContrast(image: RgbImage, factor: number): RgbImage {
  const grey = toGrey(image);
  const mean = Math.floor(grey.reduce((sum, value) => sum + value, 0) / grey.length + 0.5);
  return blend(() => mean, image, factor);
}

/** @param factor - 0 is the image in shades of grey, 1 the image itself */
export function adjustSaturation(image: RgbImage, factor: number): RgbImage {
  const grey = toGrey(image);
  return blend((i) => grey[Math.floor(i / 3)] as number, image, factor);
}

/** @param factor - 0 is a smoothed image, 1 the image itself */
export function adjustSharpness(image: RgbImage, factor: number): RgbImage {
  const smooth = smoothen(image);
  return blend((i) => smooth[i] as number, image, factor);
}

/**
 * Shifts the hue, in the steps of 1/255 that Pillow's HSV images have.
 *
 * @param share - of the colour wheel, -0.5 to 0.5
 */
export function adjustHue(image: RgbImage, share: number): RgbImage {
  const shift = Math.trunc(share * 255);
  const data = new Uint8Array(image.data.length);
  for (let i = 0; i < data.length; i += 3) {
    const [r = 0, g = 0, b = 0] = image.data.subarray(i, i + 3);
    const [hue, saturation, value] = toHsv(r, g, b);
    data.set(toRgb((hue + shift) & 0xff, saturation, value), i);
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

/** Pillow truncates, in single precision. */
function blend(from: (index: number) => number, { data, ...size }: RgbImage, factor: number) {
  const alpha = Math.fround(factor);
  return {
    ...size,
    data: data.map((value, i) => {
      const start = from(i);
      return clip(Math.trunc(Math.fround(start + Math.fround(alpha * (value - start)))));
    }),
  };
}

/** Luma by ITU-R BT.601, in Pillow's fixed point. */
function toGrey({ data }: RgbImage): Uint8Array {
  return Uint8Array.from({ length: data.length / 3 }, (_, pixel) => {
    const i = pixel * 3;
    const [r, g, b] = [data[i] as number, data[i + 1] as number, data[i + 2] as number];
    return (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16;
  });
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

/** @returns hue, saturation and value, 0 to 255, truncated, from single precision like Pillow's */
function toHsv(r: number, g: number, b: number): [number, number, number] {
  const value = Math.max(r, g, b);
  const chroma = value - Math.min(r, g, b);
  if (chroma === 0) return [0, 0, value];
  const [fromR, fromG, fromB] = [r, g, b].map((channel) =>
    Math.fround((value - channel) / chroma),
  ) as [number, number, number];
  const sector = r === value ? fromB - fromG : g === value ? 2 + fromR - fromB : 4 + fromG - fromR;
  const hue = Math.fround((Math.fround(sector) / 6 + 1) % 1);
  return [Math.trunc(hue * 255), Math.trunc(Math.fround(chroma / value) * 255), value];
}

/** The inverse of toHsv. Source: Smith 1978, "Color gamut transform pairs". */
function toRgb(hue: number, saturation: number, value: number): [number, number, number] {
  const position = (hue * 6) / 255;
  const sector = Math.floor(position);
  const fraction = position - sector;
  const strength = saturation / 255;
  const low = Math.round(value * (1 - strength));
  const falling = Math.round(value * (1 - strength * fraction));
  const rising = Math.round(value * (1 - strength * (1 - fraction)));
  const sectors: [number, number, number][] = [
    [value, rising, low],
    [falling, value, low],
    [low, value, rising],
    [low, falling, value],
    [rising, low, value],
    [value, low, falling],
  ];
  return sectors[sector % 6] as [number, number, number];
}

function map(image: RgbImage, level: (value: number) => number): RgbImage {
  const levels = Uint8Array.from({ length: 256 }, (_, value) => level(value));
  return { ...image, data: image.data.map((value) => levels[value] as number) };
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
