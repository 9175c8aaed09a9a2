/** Encodes sRGB pictures in wider colour spaces, as cameras store them. */
import type { RgbImage } from "../src/imaging/rgb-image.ts";

/** A colour space: the conversion from linear sRGB to its linear RGB, and its transfer function. */
export type Gamut = {
  readonly name: string;
  /** 3x3, row-major. */
  readonly fromLinearSrgb: readonly number[];
  readonly encode: (linear: number) => number;
};

/** The transfer function of sRGB (IEC 61966-2-1). */
const encodeSrgb = (linear: number) =>
  linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;

/** Display P3 (SMPTE EG 432-1 primaries, D65) and Adobe RGB (1998). */
export const WIDE_GAMUTS: readonly Gamut[] = [
  {
    name: "Display P3",
    fromLinearSrgb: [
      0.8224621, 0.177538, 0, 0.0331941, 0.9668058, 0, 0.0170827, 0.0723974, 0.9105199,
    ],
    encode: encodeSrgb,
  },
  {
    name: "Adobe RGB",
    fromLinearSrgb: [0.7151256, 0.2848744, 0, 0, 1, 0, 0, 0.0411619, 0.9588381],
    encode: (linear) => linear ** (256 / 563),
  },
];

const LINEAR = Float64Array.from({ length: 256 }, (_, i) => {
  const value = i / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

/** The same colours as values of another space, in 8 bits. */
export function encodeIn({ fromLinearSrgb: m, encode }: Gamut, image: RgbImage): RgbImage {
  const data = new Uint8Array(image.data.length);
  for (let at = 0; at < data.length; at += 3) {
    const [r, g, b] = [0, 1, 2].map((c) => LINEAR[image.data[at + c] as number]) as [
      number,
      number,
      number,
    ];
    for (let c = 0; c < 3; c++) {
      const [x, y, z] = m.slice(c * 3, c * 3 + 3) as [number, number, number];
      data[at + c] = Math.round(255 * encode(Math.min(Math.max(x * r + y * g + z * b, 0), 1)));
    }
  }
  return { ...image, data };
}
