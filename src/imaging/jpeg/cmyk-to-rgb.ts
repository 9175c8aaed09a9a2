/**
 * Converts the CMYK of JPEG files to RGB without a colour profile, like Pillow. By Adobe's
 * convention, which all encoders follow, stored values are inverted: 255 means no ink.
 *
 * @param cmyk - interleaved, inverted, length 4n
 * @returns RGB, length 3n
 */
export function cmykToRgb(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3);
  for (let from = 0, to = 0; from < cmyk.length; from += 4, to += 3) {
    const light = cmyk[from + 3] as number;
    rgb[to] = ((cmyk[from] as number) * light + 127) / 255;
    rgb[to + 1] = ((cmyk[from + 1] as number) * light + 127) / 255;
    rgb[to + 2] = ((cmyk[from + 2] as number) * light + 127) / 255;
  }
  return rgb;
}
