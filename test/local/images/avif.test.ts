/** AVIF files that are unusual, wrong or hostile, through the built Worker's imaging code. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { thumbDifference } from "../../../tools/thumb.ts";
import { av1Data, encodeAvif, sequenceHeader } from "../../imaging/support/av1-pictures.ts";
import {
  auxC,
  box,
  buildAvif,
  clap,
  grid,
  ispe,
  join,
  movie,
  nclx,
  type TestItem,
  text,
  uint,
} from "../../imaging/support/avif-builder.ts";
import { makePicture, type Rgba } from "../../imaging/support/sample-files.ts";
import { useDecodeWorker } from "../support/use-decode-worker.ts";

const worker = useDecodeWorker();
const WIDTH = 192;
const HEIGHT = 128;
const picture = makePicture(WIDTH, HEIGHT);
const data = av1Data(await encodeAvif(picture));
const SRGB = nclx(1, 13, 6);
/** Of lossy encoding, and of conversions with other coefficients. */
const LOSSY = 3;

/** A file with one item; the properties come before its size. */
function still(
  av1: Uint8Array,
  properties: readonly Uint8Array[] = [SRGB],
  [width, height] = [WIDTH, HEIGHT],
): Uint8Array {
  return buildAvif({
    items: [
      { id: 1, data: av1, properties: [...properties, ispe(width as number, height as number)] },
    ],
  });
}

/** The thumbnail of a part of a picture. */
function thumb(of: Rgba, width = of.width, height = of.height): number[] {
  const side = 8;
  return Array.from({ length: side * side * 3 }, (_, i) => {
    const column = Math.floor(i / 3) % side;
    const row = Math.floor(i / 3 / side);
    let sum = 0;
    let count = 0;
    for (let y = Math.floor((row * height) / side); y < ((row + 1) * height) / side; y++) {
      for (let x = Math.floor((column * width) / side); x < ((column + 1) * width) / side; x++) {
        sum += of.data[(y * of.width + x) * 4 + (i % 3)] as number;
        count++;
      }
    }
    return sum / count;
  });
}

/** One colour everywhere. */
function flat(level: number, width = 64, height = 64): Rgba {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(level);
  for (let at = 3; at < rgba.length; at += 4) rgba[at] = 255;
  return { width, height, data: rgba };
}

describe("an AVIF's colours", () => {
  it("are the encoded ones", async () => {
    const { thumb8 } = await worker.decoded(still(data));
    expect(thumbDifference(thumb8, thumb(picture))).toBeLessThan(LOSSY);
  });

  // 15 is written for BT.601 by mistake.
  it.each([0, 1, 2, 4, 5, 6, 7, 8, 9, 12, 15])("are converted with matrix %i", async (matrix) => {
    const { thumb8 } = await worker.decoded(still(data, [nclx(1, 13, matrix)]));
    // The true one is 6; the others make another picture of the same samples, but none of noise.
    const isClose = [2, 4, 5, 6, 15].includes(matrix);
    if (isClose) expect(thumbDifference(thumb8, thumb(picture))).toBeLessThan(LOSSY);
    expect(Math.max(...thumb8)).toBeGreaterThan(150);
  });

  it.each([3, 10, 11, 13, 14, 16, 17, 18, 99, 255, 65_535])(
    "are refused with matrix %i, by name",
    async (matrix) => {
      const refused = await worker.refused(still(data, [nclx(1, 13, matrix)]));
      expect(refused).toMatchObject({ status: 415, code: "IMAGE_UNSUPPORTED" });
      expect(refused.message).toContain(`matrix ${matrix} of ITU-T H.273`);
    },
  );

  it("are refused with a matrix that only the sequence header names", async () => {
    const av1 = sequenceHeader({ width: WIDTH, height: HEIGHT, profile: 1, matrix: 10 });
    const refused = await worker.refused(still(av1, []));
    expect(refused.message).toContain("matrix 10");
    // The container overrules it: what follows is missing here.
    expect((await worker.refused(still(av1, [SRGB]))).code).toBe("IMAGE_CORRUPT");
  });

  it("are refused if reduced chroma or a reduced range makes them impossible", async () => {
    const half = av1Data(await encodeAvif(picture, { subsample: 1 }));
    expect((await worker.refused(still(half, [nclx(1, 13, 0)]))).status).toBe(415);
    expect((await worker.refused(still(half, [nclx(1, 13, 16)]))).status).toBe(415);
    expect((await worker.refused(still(data, [nclx(1, 13, 8, false)]))).status).toBe(415);
    expect((await worker.decoded(still(half))).status).toBe(200);
  });

  it("do not matter without chroma", async () => {
    const grey = av1Data(await encodeAvif(picture, { subsample: 0 }));
    const expected = await worker.decoded(still(grey));
    const { thumb8 } = await worker.decoded(still(grey, [nclx(1, 13, 10)]));
    expect(thumb8).toEqual(expected.thumb8);
  });

  it("are exact in YCgCo-Re", async () => {
    const samples = new Uint16Array(picture.data.length);
    for (let at = 0; at < samples.length; at += 4) {
      const [r, g, b] = picture.data.slice(at, at + 3) as unknown as [number, number, number];
      const co = r - b;
      const t = b + (co >> 1);
      const cg = g - t;
      samples.set([co + 512, t + (cg >> 1), cg + 512, 1023], at);
    }
    const image = { width: WIDTH, height: HEIGHT, data: samples };
    const av1 = av1Data(await encodeAvif(image, { bitDepth: 10, lossless: true, quality: 100 }));
    const { thumb8 } = await worker.decoded(still(av1, [nclx(1, 13, 16)]));
    expect(thumbDifference(thumb8, thumb(picture))).toBeLessThan(0.01);
  });
});

describe("an AVIF of high dynamic range", () => {
  // Levels of 8 bits; 203 cd/m² is 58 % of PQ and 75 % of HLG (ITU-R BT.2408), and 188 is half of the light of 255.
  it.each([
    ["PQ", 16, 0, 0],
    ["PQ", 16, 148, 188],
    ["PQ", 16, 192, 255],
    ["PQ", 16, 255, 255],
    ["HLG", 18, 0, 0],
    ["HLG", 18, 191, 188],
    ["HLG", 18, 255, 255],
  ])("is shown as sRGB: %s (%i), level %i as %i", async (_name, transfer, level, expected) => {
    const av1 = av1Data(await encodeAvif(flat(level), { quality: 95 }));
    const { thumb8 } = await worker.decoded(still(av1, [nclx(9, transfer, 9)], [64, 64]));
    for (const value of thumb8) expect(Math.abs(value - expected)).toBeLessThan(4);
  });

  it("is left dark if it says that nothing in it is bright", async () => {
    const av1 = av1Data(await encodeAvif(flat(148), { quality: 95 }));
    const clli = box("clli", uint(203, 2), uint(100, 2));
    const { thumb8 } = await worker.decoded(still(av1, [nclx(9, 16, 9), clli], [64, 64]));
    expect(thumb8[0]).toBeGreaterThan(250);
  });
});

describe("an AVIF's size", () => {
  const tall = { width: 8000, height: 8000 };
  const dataOf = (...parts: Uint8Array[]) => join(parts);
  const colour: TestItem = { id: 1, data, properties: [SRGB, ispe(WIDTH, HEIGHT)] };
  const small = ispe(100, 100);

  it.each<[string, Uint8Array]>([
    ["of the picture", still(sequenceHeader(tall), [SRGB], [100, 100])],
    [
      "with operating points",
      still(sequenceHeader({ ...tall, operatingPoints: 3 }), [], [100, 100]),
    ],
    [
      "of the alpha plane",
      buildAvif({
        items: [
          { ...colour, data: sequenceHeader(tall), properties: [small] },
          {
            id: 2,
            data: sequenceHeader({ ...tall, monochrome: true }),
            properties: [small, auxC()],
          },
        ],
        references: [{ type: "auxl", from: 2, to: [1] }],
      }),
    ],
    [
      "of a tile",
      buildAvif({
        items: [
          { id: 1, type: "grid", data: grid(1, 2, 16_000, 8000), properties: [small] },
          { id: 2, data: sequenceHeader(tall), properties: [small] },
          { id: 3, data: sequenceHeader(tall), properties: [small] },
        ],
        references: [{ type: "dimg", from: 1, to: [2, 3] }],
      }),
    ],
  ])("is the true one for limits: %s", async (_name, file) => {
    expect(await worker.refused(file)).toMatchObject({ status: 413, code: "IMAGE_TOO_LARGE" });
  });

  it.each<[string, Uint8Array]>([
    ["a second, larger sequence header", still(dataOf(data, sequenceHeader(tall)))],
    [
      "an alpha plane of another size",
      buildAvif({
        items: [colour, { id: 2, data: sequenceHeader(tall), properties: [auxC()] }],
        references: [{ type: "auxl", from: 2, to: [1] }],
      }),
    ],
    [
      "tiles of different sizes",
      buildAvif({
        items: [
          { id: 1, type: "grid", data: grid(1, 2, 300, 128), properties: [small] },
          { ...colour, id: 2 },
          { id: 3, data: sequenceHeader(tall) },
        ],
        references: [{ type: "dimg", from: 1, to: [2, 3] }],
      }),
    ],
    [
      "tiles that do not cover a grid",
      buildAvif({
        items: [
          { id: 1, type: "grid", data: grid(1, 2, 4000, 4000), properties: [small] },
          { ...colour, id: 2 },
          { ...colour, id: 3 },
        ],
        references: [{ type: "dimg", from: 1, to: [2, 3] }],
      }),
    ],
  ])("is refused: %s", async (_name, file) => {
    expect(await worker.refused(file)).toMatchObject({ status: 422, code: "IMAGE_CORRUPT" });
  });

  it("is what the container says, however large the pixels are", async () => {
    const swapped = await worker.decoded(still(data, [SRGB], [HEIGHT, WIDTH]));
    expect(swapped.header).toMatchObject({ width: HEIGHT, height: WIDTH });
    expect(thumbDifference(swapped.thumb8, thumb(picture))).toBeLessThan(LOSSY);
    expect(swapped.estimatedBytes).toBeGreaterThanOrEqual(swapped.peakBytes);
    const larger = await worker.decoded(still(data, [SRGB], [1500, 1000]));
    expect(thumbDifference(larger.thumb8, thumb(picture))).toBeLessThan(LOSSY);
    expect(larger.estimatedBytes).toBeGreaterThanOrEqual(larger.peakBytes);
  });

  it("may be beyond what a level of AV1 allows", async () => {
    const high = makePicture(16, 9000);
    const { header, thumb8 } = await worker.decoded(await encodeAvif(high, { subsample: 1 }));
    expect(header).toMatchObject({ width: 16, height: 9000 });
    expect(thumbDifference(thumb8, thumb(high))).toBeLessThan(LOSSY);
  });

  it("is cut by a clean aperture that begins in the top left corner", async () => {
    const offsets = [
      [96 - WIDTH, 2],
      [64 - HEIGHT, 2],
    ] as const;
    const crop = clap([96, 1], [64, 1], ...offsets);
    const cut = await worker.decoded(still(data, [SRGB, crop]));
    expect(cut.header).toMatchObject({ width: 96, height: 64 });
    expect(thumbDifference(cut.thumb8, thumb(picture, 96, 64))).toBeLessThan(LOSSY);
    const turned = await worker.decoded(still(data, [SRGB, crop, box("irot", uint(1, 1))]));
    expect(turned.header).toMatchObject({ width: 96, height: 64, orientation: 8 });
    const middle = clap([96, 1], [64, 1], [0, 1], [0, 1]);
    const whole = await worker.decoded(still(data, [SRGB, middle]));
    expect(whole.header).toMatchObject({ width: WIDTH, height: HEIGHT });
  });

  it.each([
    ["larger than the picture", clap([500, 1], [64, 1], [154, 1], [-32, 1])],
    ["without a denominator", clap([96, 0], [64, 1], [-48, 1], [-32, 1])],
    ["of nothing", clap([0, 1], [0, 1], [-96, 1], [-64, 1])],
  ])("is not cut by a clean aperture %s", async (_name, crop) => {
    const { header } = await worker.decoded(still(data, [SRGB, crop]));
    expect(header).toMatchObject({ width: WIDTH, height: HEIGHT });
  });
});

describe("an AVIF's tiles", () => {
  it("are laid out in the order of their references", async () => {
    const halves = [flat(40, WIDTH, 64), flat(220, WIDTH, 64)];
    const [dark, light] = await Promise.all(
      halves.map(async (half) => av1Data(await encodeAvif(half))),
    );
    const file = buildAvif({
      items: [
        { id: 1, type: "grid", data: grid(2, 1, WIDTH, 128), properties: [SRGB, ispe(WIDTH, 128)] },
        { id: 2, data: light as Uint8Array, properties: [ispe(WIDTH, 64)] },
        { id: 3, data: dark as Uint8Array, properties: [ispe(WIDTH, 64)] },
      ],
      references: [{ type: "dimg", from: 1, to: [3, 2] }],
    });
    const { thumb8 } = await worker.decoded(file);
    expect(thumb8[0]).toBeLessThan(60);
    expect(thumb8.at(-1)).toBeGreaterThan(200);
  });

  it("may be in several parts of the file", async () => {
    const properties = [SRGB, ispe(WIDTH, HEIGHT)];
    const file = buildAvif({ items: [{ id: 1, data, properties, halved: true }] });
    const { thumb8 } = await worker.decoded(file);
    expect(thumb8).toEqual((await worker.decoded(still(data))).thumb8);
  });
});

describe("an AVIF sequence", () => {
  const brands = "avis\0\0\0\0avifavismif1";

  it.each([1, 2, 250])("has as many frames as its track has samples: %i", async (samples) => {
    const items = [{ id: 1, data, properties: [SRGB, ispe(WIDTH, HEIGHT)] }];
    const { header } = await worker.decoded(
      buildAvif({ items, brands, afterMeta: movie(samples) }),
    );
    expect(header.frames).toBe(samples);
  });

  it("of too many frames is refused, and none of them is looked at", async () => {
    const items = [{ id: 1, data, properties: [SRGB, ispe(WIDTH, HEIGHT)] }];
    const file = buildAvif({ items, brands, afterMeta: movie(2 ** 32 - 1) });
    expect(await worker.refused(file)).toMatchObject({ status: 413, code: "IMAGE_TOO_LARGE" });
  });
});

describe("an AVIF with a flood of small parts", () => {
  const SIZE = 10_000_000;
  const item: TestItem = { id: 1, data, properties: [SRGB, ispe(WIDTH, HEIGHT)] };
  const repeat = (part: Uint8Array) => {
    const bytes = Buffer.alloc(Math.floor(SIZE / part.length) * part.length, part);
    return new Uint8Array(bytes);
  };
  const emptyBoxes = repeat(box("free"));
  const nested = () => {
    const boxes = repeat(uint(0, 4));
    for (let at = 0; at + 8 <= boxes.length; at += 8) {
      boxes.set(join([uint(boxes.length - at, 4), text("meta")]), at);
    }
    return boxes;
  };
  const one = (more: object) => buildAvif({ items: [item], ...more });

  it.each<[string, () => Uint8Array]>([
    ["properties", () => one({ moreProperties: emptyBoxes })],
    ["boxes in front of the header", () => one({ beforeMeta: emptyBoxes })],
    ["boxes of a movie", () => one({ afterMeta: box("moov", emptyBoxes) })],
    ["tracks", () => one({ afterMeta: box("moov", repeat(box("trak"))) })],
    ["AV1 data", () => still(join([repeat(Uint8Array.of(0x12, 0)), data]))],
    ["extents", () => one({ items: [{ ...item, extents: 60_000 }] })],
    [
      "tiles",
      () =>
        buildAvif({
          items: [
            {
              id: 1,
              type: "grid",
              data: grid(256, 256, 256 * WIDTH, 256 * HEIGHT),
              properties: [ispe(100, 100)],
            },
            { id: 2, data, properties: [ispe(WIDTH, HEIGHT)] },
          ],
          references: [{ type: "dimg", from: 1, to: new Array(65_535).fill(2) }],
        }),
    ],
    [
      "items",
      () =>
        buildAvif({ items: Array.from({ length: 10_000 }, (_, id) => ({ ...item, id: id + 1 })) }),
    ],
  ])("is refused as such: %s", async (_name, make) => {
    const refused = await worker.refused(make());
    expect(refused.code).toMatch(/IMAGE_(?:UNSUPPORTED|CORRUPT)/);
    expect(refused.message).toMatch(/far more|as many tiles/);
  });

  it.each<[string, () => Uint8Array]>([
    ["nested boxes behind the header", () => one({ afterMeta: nested() })],
    ["unknown boxes behind the header", () => one({ afterMeta: box("free", emptyBoxes) })],
  ])("costs no more than its bytes: %s", async (_name, make) => {
    const plain = await worker.decode(one({ afterMeta: box("free", new Uint8Array(SIZE)) }));
    const flooded = await worker.decode(make());
    expect(flooded.status).toBe(200);
    expect(flooded.ms).toBeLessThan(plain.ms * 4 + 20);
  });

  it("that repeats its data is refused before the data is joined", async () => {
    const file = one({ items: [{ ...item, extents: 3000 }] });
    expect((await worker.refused(file)).message).toMatch(/longer than the file/);
  });
});

describe("what decoding an AVIF costs", () => {
  const noisy = makePicture(640, 480);
  for (let i = 0, noise = 1; i < noisy.data.length; i++) {
    noise = (Math.imul(noise, 1664525) + 1013904223) | 0;
    if (i % 4 < 3) noisy.data[i] = (noisy.data[i] as number) + (noise >> 27);
  }
  const seeThrough = {
    ...noisy,
    data: noisy.data.map((value, i) => (i % 4 === 3 ? i >> 13 : value)),
  };
  const deep = {
    width: 640,
    height: 480,
    data: Uint16Array.from(noisy.data, (v) => v * 4 + (v >> 6)),
  };

  it.each<[string, Parameters<typeof encodeAvif>]>([
    ["4:2:0", [noisy, { subsample: 1, quality: 50 }]],
    ["4:2:0 in the best quality", [noisy, { subsample: 1, quality: 100 }]],
    ["4:4:4", [noisy, { quality: 50 }]],
    ["lossless", [noisy, { lossless: true, quality: 100 }]],
    ["without chroma", [noisy, { subsample: 0, quality: 50 }]],
    ["alpha", [seeThrough, { quality: 50 }]],
    ["film grain", [noisy, { subsample: 1, quality: 50, denoiseLevel: 25 }]],
    ["10 bits", [deep, { quality: 50, bitDepth: 10 }]],
    ["a narrow picture", [makePicture(16, 6000), { subsample: 1, quality: 50 }]],
  ])("is estimated above the peak, but not far: %s", async (_name, input) => {
    const { peakBytes, estimatedBytes } = await worker.decoded(await encodeAvif(...input));
    expect(peakBytes).toBeLessThanOrEqual(estimatedBytes);
    expect(peakBytes / estimatedBytes).toBeGreaterThan(0.55);
  });

  it("counts every frame, shown or not", async () => {
    const av1 = join([data, ...new Array(50).fill(data)]);
    const once = await worker.decode(still(data));
    const often = await worker.decode(still(av1));
    if (!("estimatedMs" in once) || !("estimatedMs" in often)) throw new Error("One is refused.");
    expect(often.estimatedMs / once.estimatedMs).toBeGreaterThan(10);
    expect(often.estimatedBytes).toBeGreaterThanOrEqual(often.peakBytes);
  });

  const attack = new URL("../../../../shared/faults/attacks/lie4000.avif", import.meta.url);
  it.skipIf(!existsSync(attack))("is known before decoding for a false size", async () => {
    const refused = await worker.refused(readFileSync(attack));
    expect(refused).toMatchObject({ status: 413, code: "IMAGE_TOO_LARGE" });
  });
});
