/** Sizes, tiles and sequences of AVIF files, through the built Worker's imaging code. */
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
  type TestItem,
  uint,
} from "../../imaging/support/avif-builder.ts";
import { makePicture } from "../../imaging/support/sample-files.ts";
import { useDecodeWorker } from "../support/use-decode-worker.ts";
import {
  data,
  flat,
  HEIGHT,
  LOSSY,
  picture,
  SRGB,
  still,
  thumb,
  WIDTH,
} from "./support/avif-stills.ts";

const worker = useDecodeWorker();
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
