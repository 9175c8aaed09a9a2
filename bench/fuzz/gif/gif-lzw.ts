/** GIF's LZW, as an encoder (GIF89a specification, appendix F). */

const MAX_CODES = 4096;

/**
 * Compresses palette indices.
 *
 * @param options.keepTable - leaves the table as it is when it is full, instead of clearing it
 */
export function encodeLzw(
  indices: ArrayLike<number>,
  minCodeSize: number,
  options: { readonly keepTable?: boolean } = {},
): Uint8Array {
  const clear = 1 << minCodeSize;
  const table = new Map<number, number>();
  const bytes: number[] = [];
  let bits = 0;
  let bitCount = 0;
  let size = minCodeSize + 1;
  let next = clear + 2;
  const write = (code: number) => {
    bits |= code << bitCount;
    for (bitCount += size; bitCount >= 8; bitCount -= 8) {
      bytes.push(bits & 255);
      bits >>>= 8;
    }
  };
  write(clear);
  let prefix = indices[0] ?? 0;
  for (let i = 1; i < indices.length; i++) {
    const index = indices[i] as number;
    const known = table.get(prefix * 256 + index);
    if (known !== undefined) {
      prefix = known;
      continue;
    }
    write(prefix);
    if (next < MAX_CODES) {
      table.set(prefix * 256 + index, next);
      // The decoder defines a code one step later, and widens when its own table is full.
      if (next === 1 << size) size++;
      next++;
    } else if (!options.keepTable) {
      write(clear);
      table.clear();
      size = minCodeSize + 1;
      next = clear + 2;
    }
    prefix = index;
  }
  write(prefix);
  if (next === 1 << size && size < 12) size++;
  write(clear + 1);
  if (bitCount > 0) bytes.push(bits & 255);
  return Uint8Array.from(bytes);
}
