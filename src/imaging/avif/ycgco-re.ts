/**
 * Converts YCgCo-Re of ITU-T H.273 to RGB: the form in which lossless RGB is stored best. It is
 * reversible in integers, and chroma has two bits more than RGB.
 *
 * @param samples - interleaved as the decoder hands out the identity matrix: Co, Y, Cg, alpha
 * @param depth - of the samples, in bits
 * @returns 8-bit RGBA
 */
export function ycgcoReToRgba(samples: Uint16Array, depth: number): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(samples.length);
  const middle = 2 ** (depth - 1);
  // From depth - 2 bits to 8.
  const shift = depth - 2 - 8;
  for (let at = 0; at < samples.length; at += 4) {
    const co = (samples[at] as number) - middle;
    const y = samples[at + 1] as number;
    const cg = (samples[at + 2] as number) - middle;
    const t = y - (cg >> 1);
    const b = t - (co >> 1);
    rgba[at] = (b + co) >> shift;
    rgba[at + 1] = (t + cg) >> shift;
    rgba[at + 2] = b >> shift;
    rgba[at + 3] = (samples[at + 3] as number) >> (depth - 8);
  }
  return rgba;
}
