/** Paints square images from functions of the position. */
import type { RgbImage } from "../../src/imaging/rgb-image.ts";
import type { Random } from "../fuzz/random.ts";

export type Color = readonly [red: number, green: number, blue: number];

/** The colour at a pixel. */
export type Painter = (x: number, y: number) => Color;

export const SIDE = 256;

export function paintImage(paint: Painter): RgbImage {
  const data = new Uint8Array(SIDE * SIDE * 3);
  for (let y = 0, at = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, at += 3) data.set(paint(x, y).map(Math.round), at);
  }
  return { width: SIDE, height: SIDE, data };
}

export function anyColor(random: Random): Color {
  return [random.below(256), random.below(256), random.below(256)];
}

export function grey(level: number): Color {
  return [level, level, level];
}

/** @param share - 0 for `from`, 1 for `to` */
export function mix(from: Color, to: Color, share: number): Color {
  const [red, green, blue] = from.map((value, i) => value + ((to[i] as number) - value) * share);
  return [red as number, green as number, blue as number];
}
