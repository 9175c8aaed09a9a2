/**
 * Drops the alpha channel by compositing over white, rounding to nearest.
 *
 * @param rgba - 8-bit RGBA, interleaved, alpha not premultiplied; length 4n
 * @returns 8-bit RGB, length 3n
 */
export function compositeOverWhite(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3] as number;
    const white = (255 - alpha) * 255 + 127;
    rgb[to] = ((rgba[from] as number) * alpha + white) / 255;
    rgb[to + 1] = ((rgba[from + 1] as number) * alpha + white) / 255;
    rgb[to + 2] = ((rgba[from + 2] as number) * alpha + white) / 255;
  }
  return rgb;
}
