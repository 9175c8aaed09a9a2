/** Damaged, unusual and hostile WebP files, through the built Worker's imaging code in workerd. */
import { describe, expect, it } from "vitest";
import { exifBlock } from "../../imaging/support/exif-block.ts";
import { concat, repeat } from "../../imaging/support/jpeg-builder.ts";
import { makePicture } from "../../imaging/support/sample-files.ts";
import {
  ALPHA_FLAG,
  ANIMATION_FLAG,
  anmf,
  chunk,
  EXIF_FLAG,
  encode,
  groupBomb,
  makeTransparent,
  takeChunk,
  vp8x,
  webpFile,
} from "../../imaging/support/webp-builder.ts";
import { useDecodeWorker } from "../support/use-decode-worker.ts";

const worker = useDecodeWorker();

const picture = makePicture(320, 200);
const lossy = await encode(picture, { quality: 80 });
const vp8 = takeChunk(lossy, "VP8 ");
const faded = await encode(makeTransparent(picture), { quality: 80 });
const alph = takeChunk(faded, "ALPH");
const lossless = takeChunk(await encode(makeTransparent(picture), { lossless: 1 }), "VP8L");
const tiny = takeChunk(await encode(makePicture(16, 16), { quality: 80 }), "VP8 ");

const still = (flags: number, ...chunks: Uint8Array[]) =>
  webpFile(vp8x(flags, 320, 200), ...chunks);
const animation = (...chunks: Uint8Array[]) => still(ANIMATION_FLAG | ALPHA_FLAG, ...chunks);
const whole = [0, 0, 320, 200] as const;
const exif = (value: number) => chunk("EXIF", exifBlock({ value }));

describe("the transparency of a WebP", () => {
  it("counts if VP8X says that it has any", async () => {
    const opaque = await worker.decoded(lossy);
    for (const file of [still(ALPHA_FLAG, alph, vp8), still(ALPHA_FLAG, lossless)])
      expect((await worker.decoded(file)).thumb8).not.toEqual(opaque.thumb8);
  });

  it.each([
    ["lossy", still(0, alph, vp8), webpFile(vp8)],
    ["without VP8X", webpFile(alph, vp8), webpFile(vp8)],
    ["behind the picture", still(ALPHA_FLAG, vp8, alph), webpFile(vp8)],
    ["in an animation", still(ANIMATION_FLAG, anmf(whole, alph, vp8)), webpFile(vp8)],
  ])("does not count otherwise: %s", async (_, file, opaque) => {
    const expected = await worker.decoded(opaque);
    expect((await worker.decoded(file)).thumb8).toEqual(expected.thumb8);
  });

  it("does not count in a lossless picture either, unless VP8X says so", async () => {
    const { thumb8 } = await worker.decoded(still(0, lossless));
    const expected = (await worker.decoded(lossy)).thumb8;
    thumb8.forEach((value, i) => {
      expect(Math.abs(value - (expected[i] ?? 0))).toBeLessThan(8);
    });
  });
});

describe("the orientation of a WebP", () => {
  it.each([
    [6, "its flag and one EXIF chunk", still(EXIF_FLAG, vp8, exif(6))],
    [6, "its flag and two EXIF chunks", still(EXIF_FLAG, vp8, exif(6), exif(3))],
    [1, "no flag", still(0, vp8, exif(6))],
    [1, "no VP8X", webpFile(vp8, exif(6))],
    [1, "VP8X behind the picture", webpFile(vp8, vp8x(EXIF_FLAG, 320, 200), exif(6))],
    [1, "an EXIF chunk behind the RIFF file", concat(still(EXIF_FLAG, vp8), exif(6))],
  ])("is %i if it has %s", async (orientation, _, file) => {
    expect((await worker.decoded(file)).header.orientation).toBe(orientation);
  });
});

describe("an animated WebP", () => {
  const frame = anmf(whole, vp8);
  it.each([
    ["its first frame", animation(frame)],
    ["the next frame if the first is empty", animation(anmf(whole), frame)],
    [
      "the next frame if the first is off the canvas",
      animation(anmf([300, 0, 320, 200], vp8), frame),
    ],
    ["the picture as large as it is", animation(anmf([0, 0, 120, 80], vp8))],
    ["its first frame, not a picture before it", animation(tiny, frame)],
  ])("shows %s", async (_, file) => {
    const [shown, expected] = [await worker.decoded(file), await worker.decoded(lossy)];
    expect(shown.thumb8).toEqual(expected.thumb8);
  });

  it("counts its frames", async () => {
    const { header } = await worker.decoded(animation(frame, frame, anmf(whole)));
    expect(header.frames).toBe(3);
  });

  it("is refused if no frame can be shown", async () => {
    expect(await worker.refused(animation(anmf(whole)))).toMatchObject({ code: "IMAGE_CORRUPT" });
  });
});

describe("a WebP whose headers lie about its size", () => {
  /** A VP8 chunk whose frame header claims another size. */
  function claim(width: number, height: number): Uint8Array {
    const claimed = vp8.slice();
    const view = new DataView(claimed.buffer);
    view.setUint16(14, width, true);
    view.setUint16(16, height, true);
    return claimed;
  }
  const large = claim(16_383, 16_383);

  it.each([
    ["VP8X", still(0, large), "IMAGE_CORRUPT"],
    ["ANMF", animation(anmf(whole, large)), "IMAGE_CORRUPT"],
    ["a decoy behind it", webpFile(large, vp8), "IMAGE_TOO_LARGE"],
    ["a decoy before the animation", animation(tiny, anmf(whole, large)), "IMAGE_CORRUPT"],
  ])("is refused before anything is decoded: %s", async (_, file, code) => {
    expect(await worker.refused(file)).toMatchObject({ code });
  });

  it("is decoded as the chunk that was checked, not as raw data before it", async () => {
    const file = concat(webpFile(chunk("JUNK", large.subarray(8)), vp8));
    const [shown, expected] = [await worker.decoded(file), await worker.decoded(lossy)];
    expect(shown.thumb8).toEqual(expected.thumb8);
  });

  it("is refused if it asks for more groups of codes than memory holds", async () => {
    const file = webpFile(chunk("VP8L", groupBomb(600, 600)));
    expect(file.length).toBeLessThan(200_000);
    expect(await worker.refused(file)).toMatchObject({ code: "IMAGE_TOO_LARGE" });
  });

  it("is refused if the same is in its alpha values", async () => {
    const data = groupBomb(320, 200).subarray(5);
    const file = still(ALPHA_FLAG, chunk("ALPH", concat([1], data)), vp8);
    expect(await worker.refused(file)).toMatchObject({ code: "IMAGE_TOO_LARGE" });
  });

  it.each([
    ["a picture", lossy.subarray(0, lossy.length / 2)],
    ["lossless codes", webpFile(lossless).subarray(0, 60)],
  ])("is refused if %s is cut", async (_, file) => {
    expect(await worker.refused(file)).toMatchObject({ status: 422, code: "IMAGE_CORRUPT" });
  });
});

describe("the estimates for a WebP", async () => {
  const large = makePicture(1600, 1200);
  const files = {
    "a lossy picture": await encode(large, { quality: 80, method: 0 }),
    "a lossless picture": await encode(large, { lossless: 1, method: 0, quality: 10 }),
    "a lossless picture of one colour": await encode(
      { ...large, data: large.data.slice().fill(200) },
      { lossless: 1, method: 0 },
    ),
    "a lossy picture with alpha": await encode(makeTransparent(large), { quality: 50, method: 0 }),
    "a lossy picture with noisy alpha": await encode(makeTransparent(large, true), {
      quality: 50,
      method: 0,
    }),
    "a lossless picture with alpha": await encode(makeTransparent(large), {
      lossless: 1,
      method: 0,
      quality: 10,
    }),
    "an animation with a lossy decoy": webpFile(
      vp8x(ANIMATION_FLAG | ALPHA_FLAG, 1600, 1200),
      tiny,
      anmf(
        [0, 0, 1600, 1200],
        takeChunk(await encode(large, { lossless: 1, method: 0, quality: 10 }), "VP8L"),
      ),
    ),
    "9000 empty frames": animation(repeat(anmf(whole), 9000), anmf(whole, vp8)),
    "a million empty chunks": still(0, repeat(chunk("JUNK", []), 1_000_000), vp8),
    "9 MB of metadata": still(0, vp8, chunk("XMP ", new Uint8Array(9_000_000))),
  };

  it.each(Object.entries(files))("are not exceeded by %s", async (_, file) => {
    const { peakBytes, estimatedBytes, ms, estimatedMs } = await worker.decoded(file);
    expect(peakBytes).toBeLessThanOrEqual(estimatedBytes);
    expect(estimatedBytes).toBeLessThan(peakBytes * 1.2 + 2 ** 20);
    // The machine may be busy, so this notices only a wrong order of magnitude.
    expect(ms).toBeLessThan(estimatedMs * 12 + 200);
  });

  it("leave out what does not belong to the picture", async () => {
    const [alone, more] = [
      await worker.decoded(lossy),
      await worker.decoded(files["9 MB of metadata"]),
    ];
    expect(more.peakBytes).toBe(alone.peakBytes);
  });
});
