/** GIF in workerd: placeholders and canvases as browsers show them, and files that are made to cost time. */
import { describe, expect, it } from "vitest";
import { levelCodes, makeGif, packCodes } from "../../imaging/support/make-gif.ts";
import { useDecodeWorker } from "../support/use-decode-worker.ts";

const worker = useDecodeWorker();
const WHITE = new Array(192).fill(255);
const GREY = new Array(192).fill(100);
const greyFrame = { frame: [20, 10], data: levelCodes(200, 100) } as const;
const base64 = (text: string) => Buffer.from(text, "base64");

describe("a GIF placeholder of one pixel", () => {
  it.each([
    ["of 14 bytes", base64("R0lGODlhAQABAAAAACw=")],
    ["of 23 bytes", base64("R0lGODlhAQABAAAAACwAAAAAAQABAAA=")],
    ["of 26 bytes", base64("R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs=")],
    ["without a frame", base64("R0lGODlhAQABAAAAADs=")],
    [
      "whose data end at once",
      makeGif({ canvas: [1, 1], frame: [1, 1], data: packCodes([257], 9) }),
    ],
    [
      "of 43 bytes, which is clear",
      base64("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"),
    ],
  ])("%s is white", async (_, file) => {
    const { header, thumb8 } = await worker.decoded(file);
    expect(header).toMatchObject({ width: 1, height: 1, frames: 1 });
    expect(thumb8).toEqual(WHITE);
  });
});

describe("the canvas of a GIF", () => {
  it.each([
    [
      [0, 0],
      [20, 10],
    ],
    [
      [0, 10],
      [20, 10],
    ],
    [
      [20, 0],
      [20, 10],
    ],
    [
      [5, 5],
      [20, 10],
    ],
    [
      [20, 10],
      [20, 10],
    ],
  ] as const)("%s has the size %s with a frame of 20x10", async (canvas, [width, height]) => {
    const { header, thumb8 } = await worker.decoded(makeGif({ canvas, ...greyFrame }));
    expect(header).toMatchObject({ width, height });
    expect(thumb8).toEqual(GREY);
  });

  it.each([
    [
      "whose frame has no size",
      makeGif({ canvas: [20, 10], frame: [0, 10], data: levelCodes(1, 0) }),
    ],
    [
      "without a size, whose frame has none",
      makeGif({ canvas: [0, 0], frame: [0, 0], data: levelCodes(1, 0) }),
    ],
    [
      "whose frame lacks its last pixel",
      makeGif({ canvas: [20, 10], frame: [20, 10], data: levelCodes(199, 0) }),
    ],
    ["without a frame", base64("R0lGODlhAgACAAAAADs=")],
  ])("%s is refused", async (_, file) => {
    expect(await worker.refused(file)).toMatchObject({ code: "IMAGE_CORRUPT" });
  });

  it("is checked before anything is allocated for it", async () => {
    const file = makeGif({ canvas: [65_535, 65_535], frame: [1, 1], data: levelCodes(1, 0) });
    expect(await worker.refused(file)).toMatchObject({ code: "IMAGE_TOO_LARGE" });
  });
});

it("an interlaced GIF has its rows in their places", async () => {
  // Where in the picture each of the 16 rows of the file belongs.
  const order = [0, 8, 4, 12, 2, 6, 10, 14, 1, 3, 5, 7, 9, 11, 13, 15];
  const inOrder = order.toSorted((a, b) => a - b);
  const dataOf = (rows: readonly number[]) =>
    packCodes([256, ...rows.flatMap((row) => [row * 10, row * 10]), 257], 9);
  const size = { canvas: [2, 16], frame: [2, 16] } as const;
  const plain = await worker.decoded(makeGif({ ...size, data: dataOf(inOrder) }));
  const mixed = await worker.decoded(makeGif({ ...size, interlaced: true, data: dataOf(order) }));
  expect(mixed.thumb8).toEqual(plain.thumb8);
});

describe("a GIF that is made to cost time", () => {
  const ordinary = makeGif({ canvas: [2000, 1500], frame: [2000, 1500], data: levelCodes(3e6, 9) });
  const fastest = async (file: Uint8Array) => {
    const outcomes = [
      await worker.decode(file),
      await worker.decode(file),
      await worker.decode(file),
    ];
    return Math.min(...outcomes.map(({ ms }) => ms));
  };

  it("is refused if it consists of clear codes", async () => {
    // Codes of two bits: 2 clears.
    const data = Buffer.alloc(10_000_000, 0b10101010);
    const file = makeGif({ canvas: [10, 10], frame: [10, 10], codeSize: 1, data });
    expect((await worker.refused(file)).code).toBe("IMAGE_CORRUPT");
    expect(await fastest(file)).toBeLessThan(3 * (await fastest(ordinary)));
  });

  it("is decoded if it clears before each pixel", async () => {
    const data = packCodes([...new Array(200).fill([256, 100]).flat(), 257], 9);
    const file = makeGif({ canvas: [20, 10], frame: [20, 10], data });
    expect((await worker.decoded(file)).thumb8).toEqual(GREY);
  });

  it("is walked quickly if it has a million sub-blocks of a byte, or frames", async () => {
    const sound = makeGif({ canvas: [20, 10], ...greyFrame }).subarray(0, -1);
    const comment = Buffer.concat([
      Buffer.from([0x21, 0xfe]),
      Buffer.alloc(10_000_000, 1),
      Buffer.of(0),
    ]);
    const frames = Buffer.alloc(12 * 800_000, Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 0]));
    expect(await worker.decode(Buffer.concat([sound, comment]))).toMatchObject({ status: 200 });
    const many = Buffer.concat([sound, frames]);
    expect((await worker.refused(many)).message).toMatch(/maxFrames/);
    for (const file of [Buffer.concat([sound, comment]), many]) {
      expect(await fastest(file)).toBeLessThan(3 * (await fastest(ordinary)));
    }
  });

  it("is priced by its first frame, not by the frames that follow", async () => {
    const sound = makeGif({ canvas: [20, 10], ...greyFrame });
    const rest = Buffer.alloc(268 * 1000, sound.subarray(-268));
    const longer = Buffer.concat([sound.subarray(0, -1), Buffer.from([0x21, 0xfe, 0]), rest]);
    const { estimatedMs } = await worker.decoded(sound);
    expect((await worker.decoded(longer)).estimatedMs).toBeLessThan(estimatedMs * 2);
    expect((await worker.decoded(ordinary)).estimatedMs).toBeGreaterThan(estimatedMs * 10);
  });
});

it("the memory of a GIF stays within its estimate", async () => {
  const wide = makeGif({
    canvas: [65_535, 60],
    frame: [65_535, 60],
    data: levelCodes(65_535 * 60, 3),
  });
  const { peakBytes, estimatedBytes } = await worker.decoded(wide);
  expect(peakBytes).toBeLessThanOrEqual(estimatedBytes);
});
