import type { RgbImage } from "../rgb-image.ts";
import type { Layer } from "./eighth-layers.ts";

/**
 * Writes RGB from samples of brightness and colour (JFIF), in the fixed point of libjpeg (jdcolor.c), which
 * repeats the samples of subsampled components at this size.
 *
 * @param layers - one, or three
 * @param isRgb - whether the three are red, green and blue already
 */
export function writeRgb(
  layers: readonly Layer[],
  width: number,
  height: number,
  isRgb: boolean,
): RgbImage {
  const planes = layers.map((layer) => ({ ...layer.reduction, ...layer.reconstruct() }));
  const [first, second = first, third = first] = planes;
  const data = new Uint8Array(width * height * 3);
  const clamped = new Uint8ClampedArray(data.buffer);
  if (!first || !second || !third) return { width, height, data };
  const isPlain = isRgb || planes.length === 1;
  for (let y = 0, to = 0; y < height; y++) {
    const row1 = Math.floor(y / first.repeatY) * first.stride;
    const row2 = Math.floor(y / second.repeatY) * second.stride;
    const row3 = Math.floor(y / third.repeatY) * third.stride;
    for (let x = 0; x < width; x++, to += 3) {
      const one = first.samples[row1 + Math.floor(x / first.repeatX)] as number;
      const two = second.samples[row2 + Math.floor(x / second.repeatX)] as number;
      const three = third.samples[row3 + Math.floor(x / third.repeatX)] as number;
      if (isPlain) {
        data[to] = one;
        data[to + 1] = two;
        data[to + 2] = three;
        continue;
      }
      const blue = two - 128;
      const red = three - 128;
      // 1.402, 0.34414, 0.71414 and 1.772 times 2^16.
      clamped[to] = one + ((91_881 * red + 32_768) >> 16);
      clamped[to + 1] = one + ((-22_554 * blue - 46_802 * red + 32_768) >> 16);
      clamped[to + 2] = one + ((116_130 * blue + 32_768) >> 16);
    }
  }
  return { width, height, data };
}
