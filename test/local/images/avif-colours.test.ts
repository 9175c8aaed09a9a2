/** The colours of AVIF files, through the built Worker's imaging code. */
import { describe, expect, it } from "vitest";
import { thumbDifference } from "../../../tools/thumb.ts";
import { av1Data, encodeAvif, sequenceHeader } from "../../imaging/support/av1-pictures.ts";
import { box, nclx, uint } from "../../imaging/support/avif-builder.ts";
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
