/**
 * Decoded pixels: 8-bit sRGB, interleaved, row by row from the top left corner.
 * `data.length === width * height * 3`.
 */
export type RgbImage = {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
};
