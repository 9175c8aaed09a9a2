/** PNG in workerd: files that break a rule, and files that are made to cost memory or time. */
import { describe, expect, it } from "vitest";
import {
  makeChunk,
  makeEmptyDynamicBlocks,
  makeExif,
  makePng,
  makePngOf,
  makeRows,
  zlib,
} from "../../imaging/support/make-png.ts";
import { DAMAGED_PNGS, PICTURE, SOUND_PNG, WHOLE_PNGS } from "../../imaging/support/odd-pngs.ts";
import type { DecodedOutcome } from "../support/decode-outcome.ts";
import { useDecodeWorker } from "../support/use-decode-worker.ts";

const worker = useDecodeWorker();
const SMALL = { width: 10, height: 10 };
const smallStream = zlib(makeRows(SMALL, 0, () => 50));
const iend = makeChunk("IEND");
/** As many empty chunks as fit into the limit of 10 MiB. */
const EMPTY_CHUNKS = 870_000;

/** Lower bound of the time that a file takes: the machine may be busy. */
async function fastest(file: Uint8Array): Promise<DecodedOutcome> {
  const outcomes = [
    await worker.decoded(file),
    await worker.decoded(file),
    await worker.decoded(file),
  ];
  return outcomes.reduce((best, outcome) => (outcome.ms < best.ms ? outcome : best));
}

function expectWithinEstimate({ peakBytes, estimatedBytes }: DecodedOutcome): void {
  expect(peakBytes).toBeLessThanOrEqual(estimatedBytes);
}

describe("a PNG with all pixels", () => {
  it.each(Object.entries(WHOLE_PNGS))("is decoded in workerd with %s", async (_, file) => {
    const { header, thumb8 } = await worker.decoded(file);
    expect(header).toMatchObject({ width: PICTURE.width, height: PICTURE.height });
    expect(thumb8).toEqual((await worker.decoded(SOUND_PNG)).thumb8);
  });
});

describe("a PNG without all pixels", () => {
  it.each(Object.entries(DAMAGED_PNGS))(
    "is refused in workerd with %s",
    async (_, [file, reason]) => {
      const { code, message } = await worker.refused(file);
      expect(code).toBe("IMAGE_CORRUPT");
      expect(message).toMatch(reason);
      // Neither control characters nor anything else from the file.
      expect(message).toMatch(/^[ -~]+$/);
    },
  );
});

describe("a PNG that is made to cost time", () => {
  /** An ordinary image of 12 megapixels: what a file of 10 MB may cost. */
  const ordinary = makePng(
    { width: 4000, height: 3000 },
    zlib(makeRows({ width: 4000, height: 3000 }, 1, (i) => i % 7)),
  );

  it.each([
    ["empty chunks", Buffer.alloc(12 * EMPTY_CHUNKS, makeChunk("aaAa"))],
    ["empty IDATs", Buffer.alloc(12 * EMPTY_CHUNKS, makeChunk("IDAT"))],
    [
      "IDATs of a byte that is not needed",
      Buffer.alloc(13 * 800_000, makeChunk("IDAT", Buffer.of(0))),
    ],
    ["megabytes of EXIF", makeChunk("eXIf", Buffer.alloc(10_000_000))],
    [
      "compressed text that would inflate to gigabytes",
      makeChunk("zTXt", Buffer.alloc(10_000_000)),
    ],
  ])("takes no longer than a few photos: %s", async (name, filler) => {
    const idat = makeChunk("IDAT", smallStream);
    const chunks = name.includes("not needed") ? [idat, filler, iend] : [filler, idat, iend];
    const outcome = await fastest(makePngOf(SMALL, chunks));
    expectWithinEstimate(outcome);
    expect(outcome.ms).toBeLessThan((await fastest(ordinary)).ms * 3);
  });

  it.each([
    ["stored", Buffer.from([0, 0, 0, 0xff, 0xff])],
    ["dynamic", makeEmptyDynamicBlocks(8)],
  ])("is refused if it consists of empty %s blocks", async (_, block) => {
    const blocks = Buffer.alloc(8_000_000, block);
    const file = makePng(SMALL, Buffer.concat([Buffer.from([0x78, 0x01]), blocks]));
    const { code, message, ms } = await worker.refused(file);
    expect(code).toBe("IMAGE_CORRUPT");
    expect(message).toMatch(/almost empty blocks/);
    expect(ms).toBeLessThan((await fastest(ordinary)).ms * 3);
  });

  it("has its price in inflated bytes, not in pixels", async () => {
    const side = { width: 1500, height: 1500 };
    const priceOf = async (ihdr: { bitDepth: number; colorType: number; interlaced?: boolean }) => {
      const stream = zlib(makeRows({ ...side, height: 1600, ...ihdr }, 4, (i) => i % 5));
      return (await worker.decoded(makePng({ ...side, ...ihdr }, stream))).estimatedMs;
    };
    const plain = await priceOf({ bitDepth: 8, colorType: 0 });
    const deep = await priceOf({ bitDepth: 16, colorType: 6 });
    expect(deep / plain).toBeGreaterThan(3);
    expect(await priceOf({ bitDepth: 1, colorType: 0 })).toBeLessThan(plain);
  });
});

describe("a PNG that is made to cost memory", () => {
  it("takes what its pixels need, whatever its stream inflates to", async () => {
    const bomb = makePng(SMALL, zlib(Buffer.alloc(300_000_000), { level: 1 }));
    const outcome = await fastest(bomb);
    expectWithinEstimate(outcome);
    expect(outcome.estimatedBytes).toBeLessThan(1_000_000);
    expect(outcome.ms).toBeLessThan((await fastest(makePng(SMALL, smallStream))).ms + 50);
  });

  it.each([
    ["in one IDAT", { width: 4000, height: 3000 }, 1],
    [
      "as wide as the limit, of 16 bits",
      { width: 65_535, height: 40, bitDepth: 16, colorType: 6 },
      2,
    ],
    [
      "as wide as the limit, of one bit",
      { width: 65_535, height: 1500, bitDepth: 1, colorType: 0 },
      0,
    ],
  ])("stays within its estimate: %s", async (_, ihdr, filter) => {
    const file = makePng(ihdr, zlib(makeRows(ihdr, filter, (i) => i % 9)));
    expectWithinEstimate(await worker.decoded(file));
  });

  it("stays within its estimate if it is interlaced and as wide as the limit", async () => {
    const ihdr = { width: 65_535, height: 8, bitDepth: 16, colorType: 6, interlaced: true };
    const file = makePng(ihdr, zlib(Buffer.alloc(65_535 * 8 * 8 + 100)));
    expectWithinEstimate(await worker.decoded(file));
  });
});

describe("a PNG that is turned", () => {
  // Not reduced, because its shorter side is short: 19 megapixels.
  const ihdr = { width: 37_000, height: 511 };
  const stream = zlib(makeRows(ihdr, 0, (i) => (i >> 9) % 256));

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "takes no second copy of its pixels: orientation %s",
    async (orientation) => {
      const exif = makeChunk("eXIf", makeExif(orientation));
      const outcome = await worker.decoded(makePng(ihdr, stream, [exif]));
      expect(outcome.header.orientation).toBe(orientation);
      expectWithinEstimate(outcome);
      expect(outcome.estimatedBytes).toBeLessThan(ihdr.width * ihdr.height * 3.2);
    },
  );
});
