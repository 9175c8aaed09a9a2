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

  it("leaves out the part of the map that lies over padding", () => {
    // Only the right half of the input shows the photo.
    const part = { x: 0.5, y: 0, width: 0.5, height: 1 };
    const { data } = drawMask(MAP, { width: 4, height: 2 }, part);
    const alphas = Array.from({ length: 4 }, (_, x) => data[x * 4 + 3]);
    expect(alphas).toEqual([159, 223, 255, 255]);
  });

  it("stretches the map over a picture of another aspect ratio", () => {
    const map = { width: 2, height: 2, data: Float32Array.of(0, 0, 1, 1) };
    const { width, height, data } = drawMask(map, { width: 8, height: 4 });
    expect([width, height]).toEqual([8, 4]);
    const column = Array.from({ length: 4 }, (_, y) => data[y * 8 * 4 + 3]);
    expect(column).toEqual([0, 64, 191, 255]);
  });
});
