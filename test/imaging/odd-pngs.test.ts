/** PNG files that break a rule, with both decoders in Node. test/local/images has them in workerd. */
import { describe, expect, it } from "vitest";
import { createNodeImageDecoder } from "../../cli/platform/node-image-decoder.ts";
import { inspectImage } from "../../src/imaging/inspect-image.ts";
import { jsImageDecoder } from "../../src/imaging/js-image-decoder.ts";
import { makeChunk, makePng, makeRows, zlib } from "./support/make-png.ts";
import { DAMAGED_PNGS, SOUND_PNG, WHOLE_PNGS } from "./support/odd-pngs.ts";

const decoders = [
  ["default", createNodeImageDecoder()],
  ["portable", jsImageDecoder],
] as const;

describe.each(decoders)("the %s decoder", (_name, decoder) => {
  const decode = async (file: Uint8Array) => decoder.decode(file, inspectImage(file), 256);

  it.each(Object.entries(WHOLE_PNGS))("decodes a PNG with %s", async (_, file) => {
    expect(await decode(file)).toEqual(await decode(SOUND_PNG));
  });

  it.each(Object.entries(DAMAGED_PNGS))("refuses a PNG with %s", async (_, [file, reason]) => {
    const failure = decode(file);
    await expect(failure).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
    await expect(failure).rejects.toThrow(reason);
  });

  const grey = (bitDepth: number) => ({ width: 16, height: 4, bitDepth, colorType: 0 });
  /** A row of bytes: 0, 17, 34, … */
  const ramp = (index: number) => (index * 17) % 256;
  const transparency = (...bytes: number[]) => makeChunk("tRNS", Buffer.from(bytes));
  const firstRow = async (file: Uint8Array) => {
    const { data, width } = await decode(file);
    return Array.from({ length: width }, (_, i) => data[i * 3]);
  };

  it.each([8, 4])("takes the low bits of a transparent grey of %s bits", async (bitDepth) => {
    const stream = zlib(makeRows(grey(bitDepth), 0, ramp));
    const opaque = await firstRow(makePng(grey(bitDepth), stream));
    // The level of the second pixel: 17 of 8 bits; of 4 bits both levels of the first byte are 0.
    const level = bitDepth === 8 ? 17 : 0;
    const clear = await firstRow(
      makePng(grey(bitDepth), stream, [transparency(0xab, 0xf0 | level)].slice(0)),
    );
    const low = (0xf0 | level) & (2 ** bitDepth - 1);
    const shown = bitDepth === 8 ? low : low * 17;
    expect(clear).toEqual(opaque.map((value) => (value === shown ? 255 : value)));
  });

  it.each([
    ["a transparent grey of one byte", 0, transparency(0)],
    ["a transparent colour of five bytes", 2, transparency(0, 0, 0, 0, 0)],
    ["a transparent grey with a wrong checksum", 0, makeChunk("tRNS", Buffer.alloc(2), { crc: 1 })],
  ])("ignores %s", async (_, colorType, chunk) => {
    const ihdr = { width: 16, height: 4, colorType };
    const stream = zlib(makeRows(ihdr, 0, () => 0));
    expect(await firstRow(makePng(ihdr, stream, [chunk]))).toEqual(new Array(16).fill(0));
  });

  it("reads a palette of 3n + 1 bytes, and takes colours beyond it for black", async () => {
    const ihdr = { width: 16, height: 4, colorType: 3 };
    const palette = makeChunk("PLTE", Buffer.from([10, 20, 30, 40, 50, 60, 70]));
    const file = makePng(ihdr, zlib(makeRows(ihdr, 0, (i) => i % 3)), [palette]);
    expect((await firstRow(file)).slice(0, 4)).toEqual([10, 40, 0, 10]);
  });
});

describe("the header of a PNG", () => {
  const stream = zlib(makeRows({ width: 4, height: 4 }, 0, () => 9));
  const animation = (frames: number, crc?: number) => {
    const data = Buffer.alloc(8);
    data.writeUInt32BE(frames);
    return makeChunk("acTL", data, crc === undefined ? {} : { crc });
  };
  const framesOf = (...chunks: Uint8Array[]) =>
    inspectImage(makePng({ width: 4, height: 4 }, stream, chunks)).frames;

  it("counts the frames of an animation", () => {
    expect(framesOf(animation(2))).toBe(2);
    expect(framesOf(animation(12_345))).toBe(12_345);
  });

  it("takes an animation that is not announced well for a still image", () => {
    expect(framesOf()).toBe(1);
    expect(framesOf(animation(0))).toBe(1);
    expect(framesOf(animation(2 ** 32 - 1))).toBe(1);
    expect(framesOf(animation(2, 1))).toBe(1);
    expect(framesOf(makeChunk("acTL", Buffer.alloc(3)))).toBe(1);
    expect(framesOf(makeChunk("IDAT"), animation(2))).toBe(1);
  });

  it("names the format of Xcode", () => {
    const file = Buffer.concat([
      SOUND_PNG.subarray(0, 8),
      makeChunk("CgBI", Buffer.from([0x50, 0, 0x20, 2])),
      SOUND_PNG.subarray(8),
    ]);
    expect(() => inspectImage(file)).toThrow(/Xcode.*iOS/);
  });
});
