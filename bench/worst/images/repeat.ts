/** Long bodies made of a short pattern, without holding more than the result. */

/** `pattern` over and over, for `length` bytes. */
export function repeat(pattern: Uint8Array, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (length > 0) bytes.fill(pattern);
  return bytes;
}

/** Packs a pattern of bits `times` times, the most significant bit first, padded with ones. */
export function repeatBits(pattern: string, times: number): Buffer {
  const bits = pattern.length * times;
  // Eight patterns end at a whole byte.
  const cycle = pattern.repeat(8);
  const bytes = Uint8Array.from({ length: pattern.length }, (_, i) =>
    Number.parseInt(cycle.slice(i * 8, i * 8 + 8), 2),
  );
  const packed = repeat(bytes, Math.ceil(bits / 8));
  const used = bits % 8;
  if (used > 0) {
    const last = packed.length - 1;
    packed[last] = ((packed[last] as number) & (0xff << (8 - used))) | (0xff >> used);
  }
  return packed;
}
