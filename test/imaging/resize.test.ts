import { assert, integer, property, record, sample, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { resize } from "../../src/imaging/resize.ts";

/** Pillow's resizing as its definition reads: the sum over all inputs, first along rows, then along columns. */
function resizePlainly(data: Uint8Array, [inWidth, inHeight]: Size, [width, height]: Size) {
  const columns = weightsOf(inWidth, width);
  const rows = weightsOf(inHeight, height);
  const narrow = new Uint8ClampedArray(width * inHeight * 3);
  for (let y = 0; y < inHeight; y++) {
    for (let x = 0; x < width * 3; x++) {
      const values = columns[Math.floor(x / 3)]?.map(
        (weight, i) => weight * (data[(y * inWidth + i) * 3 + (x % 3)] as number),
      );
      narrow[y * width * 3 + x] = toValue(values ?? []);
    }
  }
  return Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const y = Math.floor(at / (width * 3));
    const x = at % (width * 3);
    const values = rows[y]?.map((weight, i) => weight * (narrow[i * width * 3 + x] as number));
    return toValue(values ?? []);
  });
}

type Size = readonly [width: number, height: number];

/** For each output, the weights of all inputs, in units of 2^-22. */
function weightsOf(inSize: number, outSize: number): number[][] {
  const scale = inSize / outSize;
  const reach = Math.max(scale, 1);
  return Array.from({ length: outSize }, (_, out) => {
    const center = (out + 0.5) * scale;
    const start = Math.max(Math.trunc(center - reach + 0.5), 0);
    const end = Math.min(Math.trunc(center + reach + 0.5), inSize);
    const exact = Array.from({ length: inSize }, (_, i) =>
      i < start || i >= end ? 0 : Math.max(1 - Math.abs((i - center + 0.5) * (1 / reach)), 0),
    );
    const sum = exact.reduce((a, b) => a + b, 0);
    return exact.map((weight) => Math.trunc((weight / sum) * 2 ** 22 + 0.5));
  });
}

function toValue(values: readonly number[]): number {
  const sum = values.reduce((a, b) => a + b, 2 ** 21);
  return Math.min(Math.max(Math.floor(sum / 2 ** 22), 0), 255);
}

const side = integer({ min: 1, max: 9 });

describe("resize", () => {
  it("gives the same as the sum over all inputs, for any ratio and for images of one or two pixels", () => {
    const sizes = record({ inWidth: side, inHeight: side, width: side, height: side });
    const [noise] = sample(uint8Array({ minLength: 243, maxLength: 243 }), { numRuns: 1, seed: 1 });
    const run = property(sizes, ({ inWidth, inHeight, width, height }) => {
      const data = (noise as Uint8Array).slice(0, inWidth * inHeight * 3);
      const region = { left: 0, top: 0, width, height };
      const target = { width, height, region, interpolation: "bilinear" } as const;
      const resized = resize({ width: inWidth, height: inHeight, data }, target);
      expect(resized.data).toEqual(resizePlainly(data, [inWidth, inHeight], [width, height]));
    });
    assert(run, { numRuns: 300, seed: 1 });
  });

  it("computes the same pixels for a region as for the whole image", () => {
    const data = Uint8Array.from({ length: 20 * 15 * 3 }, (_, i) => (i * 97) % 256);
    const image = { width: 20, height: 15, data };
    const target = { width: 13, height: 11, interpolation: "bicubic" } as const;
    const whole = resize(image, { ...target, region: { left: 0, top: 0, width: 13, height: 11 } });
    const part = resize(image, { ...target, region: { left: 4, top: 3, width: 9, height: 8 } });
    const rows = Array.from({ length: 8 }, (_, y) => {
      const start = ((y + 3) * 13 + 4) * 3;
      return [...whole.data.subarray(start, start + 9 * 3)];
    });
    expect([...part.data]).toEqual(rows.flat());
  });
});
