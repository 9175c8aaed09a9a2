import { describe, expect, it } from "vitest";
import { drawMask, drawOverlay } from "../../src/imaging/draw-heatmap.ts";

/** Left half 0, right half 1, as two places. */
const MAP = { width: 2, height: 1, data: Float32Array.of(0, 1) };
const GREY = { width: 8, height: 8, data: new Uint8Array(8 * 8 * 3).fill(100) };

const pixel = (data: Uint8Array, channels: number, x: number, y: number) => [
  ...data.subarray((y * 8 + x) * channels, (y * 8 + x + 1) * channels),
];

describe("drawOverlay()", () => {
  const { data } = drawOverlay(MAP, GREY);

  it("leaves the photo unchanged where the map is 0", () => {
    expect(pixel(data, 3, 0, 4)).toEqual([100, 100, 100]);
  });

  it("blends in 75 % of Inferno's brightest colour, #fcffa4, where the map is 1", () => {
    const blend = (color: number) => Math.round(100 + 0.75 * (color - 100));
    expect(pixel(data, 3, 7, 0)).toEqual([blend(0xfc), blend(0xff), blend(0xa4)]);
  });

  it("does not change the photo it was given", () => {
    expect(GREY.data.every((value) => value === 100)).toBe(true);
  });
});

describe("drawMask()", () => {
  it("makes pixels as opaque as the map is high, half-way in the middle", () => {
    const { data } = drawMask(MAP, { width: 8, height: 8 });
    const alphas = Array.from({ length: 8 }, (_, x) => pixel(data, 4, x, 3)[3]);
    // Centres of the places are at 1.5 and 5.5; between them it rises by a quarter a pixel.
    expect(alphas).toEqual([0, 0, 32, 96, 159, 223, 255, 255]);
  });
});
