import type { Random } from "./random.ts";

/** Sizes around limits: of a byte, of two and four bytes, of the service, and of signed numbers. */
const EXTREMES = [
  ...[0, 1, 2, 3, 7, 8, 9, 16, 63, 64, 127, 128, 255, 256, 1023, 4096, 5000, 9999, 10_000, 16_383],
  ...[16_384, 32_767, 32_768, 65_500, 65_535, 65_536, 100_000, 0xff_ffff, 0x100_0000],
  ...[0x7fff_fffe, 0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_fffe, 0xffff_ffff],
] as const;

/** An extreme, or a neighbour of the right value. */
export function pickExtreme(random: Random, right: number): number {
  if (random.chance(30)) return Math.max(0, right + random.pick([-2, -1, 1, 2]));
  if (random.chance(15)) return right * random.pick([2, 3, 10, 100]);
  return random.pick(EXTREMES);
}
