/** Damaged, unusual and hostile JPEG files, through the built Worker's imaging code in workerd. */
import { describe, expect, it } from "vitest";
import { exifBlock, type OrientationEntry } from "../../imaging/support/exif-block.ts";
import {
  baselineJpeg,
  beforeScans,
  concat,
  countBlocks,
  dcScan,
  EOI,
  frameHeader,
  GREY,
  HALVED,
  huffmanTables,
  type JpegShape,
  progressiveJpeg,
  QUANTISATION,
  repeat,
  type Sampling,
  SOI,
  scanBomb,
  scanHeader,
  segment,
} from "../../imaging/support/jpeg-builder.ts";
import { encodeJpeg, makePicture } from "../../imaging/support/sample-files.ts";
import { useDecodeWorker } from "../support/use-decode-worker.ts";

const worker = useDecodeWorker();

const small: JpegShape = { width: 640, height: 480, sampling: HALVED };
const photo = encodeJpeg(makePicture(600, 400));
const withoutEnd = photo.subarray(0, photo.length - 2);

/** Segments behind SOI, which is where applications put theirs. */
function withSegments(...segments: readonly Uint8Array[]): Uint8Array {
  return concat(SOI, ...segments, photo.subarray(2));
}

describe("a JPEG without its end marker", () => {
  it.each([
    ["nothing", withoutEnd],
    ["half the marker", photo.subarray(0, photo.length - 1)],
    ["fill bytes", concat(withoutEnd, [0xff, 0xff])],
    ["zeros", concat(withoutEnd, new Uint8Array(1000))],
    ["garbage with a false scan header", concat(withoutEnd, [1, 2], scanHeader([1]), [3, 255])],
  ])("is decoded if %s stands behind its last pixel", async (_, file) => {
    const [cut, whole] = [await worker.decoded(file), await worker.decoded(photo)];
    expect(cut.thumb8).toEqual(whole.thumb8);
  });

  it("is decoded if it is progressive and its last scan is complete", async () => {
    const { thumb8 } = await worker.decoded(progressiveJpeg(small).slice(0, -2));
    expect(new Set(thumb8)).toEqual(new Set([128]));
  });

  it.each([
    ["a byte", withoutEnd.subarray(0, withoutEnd.length - 1)],
    ["half of it", photo.subarray(0, photo.length / 2)],
    ["all but the first scan", concat(beforeScans(small, 0xc2), dcScan(small))],
    ["everything behind its frame header", concat(SOI, QUANTISATION, frameHeader(small))],
    ["the end of a progressive scan", progressiveJpeg(small).slice(0, -4)],
  ])("is refused if %s is missing", async (_, file) => {
    expect(await worker.refused(file)).toMatchObject({ status: 422, code: "IMAGE_CORRUPT" });
  });
});

describe("a JPEG with unusual segments", () => {
  const app1 = (block: Uint8Array | readonly number[]) =>
    segment(0xe1, concat([...Buffer.from("Exif\0\0")], block));
  const entry = (change: Partial<OrientationEntry>) => app1(exifBlock({ value: 6, ...change }));

  it.each([
    ["a comment that claims a length of 0", [segment(0xfe, [], 0)]],
    ["a comment that claims a length of 1", [segment(0xfe, [], 1)]],
    ["fill bytes", [new Uint8Array(100).fill(255)]],
    ["a DNL segment", [segment(0xdc, [0, 9])]],
  ])("is decoded as without %s", async (_, segments) => {
    const [unusual, usual] = [
      await worker.decoded(withSegments(...segments)),
      await worker.decoded(photo),
    ];
    expect(unusual).toMatchObject({ header: usual.header, thumb8: usual.thumb8 });
  });

  it.each([
    [6, "an unreadable block before it", [app1([]), entry({})]],
    [6, "a block without an orientation before it", [entry({ tag: 0x0110 }), entry({})]],
    [6, "another block behind it", [entry({}), entry({ value: 3 })]],
    [1, "no values", [entry({ count: 0 })]],
    [1, "nine values", [entry({ count: 9 })]],
    [1, "a value that does not exist", [entry({ value: 9 }), entry({})]],
  ])("is turned by orientation %i if its EXIF has %s", async (orientation, _, segments) => {
    const { header } = await worker.decoded(withSegments(...segments));
    expect(header.orientation).toBe(orientation);
  });

  it.each([
    ["JPEG-LS", segment(0xf7, [8, 0, 9, 0, 9, 1, 1, 0x11, 0]), /^JPEG-LS is not supported/],
    [
      "of 2 components",
      frameHeader({ ...small, sampling: HALVED.slice(1) }),
      /2 colour components/,
    ],
    ["arithmetic-coded", frameHeader(small, 0xc9), /arithmetic/],
  ])("is refused by name if it is %s", async (_, frame, message) => {
    const refused = await worker.refused(concat(SOI, frame, scanHeader([1]), EOI));
    expect(refused).toMatchObject({ status: 415, code: "IMAGE_UNSUPPORTED" });
    expect(refused.message).toMatch(message);
  });
});

describe("a JPEG with more scans than pictures need", () => {
  const twelveMegapixels = { width: 4000, height: 3000 };

  it.each([
    ["1000 scans of 12 megapixels", scanBomb(twelveMegapixels, 1000)],
    [
      "900,000 scans of one block",
      concat(
        beforeScans({ width: 8, height: 8 }, 0xc2),
        repeat(scanHeader([1], { first: 0, last: 0, bits: 0 }), 900_000),
        EOI,
      ),
    ],
    [
      "1000 sequential scans of a component",
      concat(beforeScans(small), repeat(concat(scanHeader([1]), new Uint8Array(9)), 1000), EOI),
    ],
    [
      "a million malformed scan headers",
      concat(beforeScans(small), repeat(segment(0xda, [0]), 1_000_000), EOI),
    ],
  ])("is refused quickly: %s", async (_, file) => {
    const usual = await worker.decoded(baselineJpeg(twelveMegapixels));
    const refused = await worker.refused(file);
    expect(refused).toMatchObject({ status: 413, code: "IMAGE_TOO_LARGE" });
    expect(refused.message).toMatch(/32 scans of the whole image/);
    expect(refused.ms).toBeLessThan(Math.max(usual.ms, usual.estimatedMs) * 10);
  });

  it("does not decode scans that a reduction to 1/8 does not need", async () => {
    const [few, many] = [
      await worker.decoded(scanBomb(twelveMegapixels, 2)),
      await worker.decoded(scanBomb(twelveMegapixels, 30)),
    ];
    expect(many.ms).toBeLessThan(few.ms * 5 + 50);
    expect(many.estimatedMs).toBeLessThan(few.estimatedMs * 2);
  });
});

describe("the estimates for a JPEG", () => {
  const fourToOne: Sampling = [
    [4, 2],
    [1, 1],
    [1, 1],
  ];
  const tall: Sampling = [
    [1, 4],
    [1, 1],
    [1, 4],
  ];
  const whole: Sampling = [
    [1, 1],
    [1, 1],
    [1, 1],
  ];
  const cmyk: Sampling = [...whole, [1, 1]];
  const tiny = baselineJpeg({ width: 64, height: 64 }).subarray(2);
  const flood = (part: Uint8Array) =>
    concat(SOI, repeat(part, Math.floor(9_500_000 / part.length)), tiny);

  it.each([
    ["a photo", photo],
    ["12 megapixels", baselineJpeg({ width: 4000, height: 3000, sampling: HALVED })],
    ["12 megapixels in CMYK", baselineJpeg({ width: 4000, height: 3000, sampling: cmyk })],
    ["99 megapixels", baselineJpeg({ width: 10_000, height: 9900, sampling: whole })],
    ["a panorama", baselineJpeg({ width: 65_500, height: 1500, sampling: whole })],
    [
      "a panorama with tall components",
      baselineJpeg({ width: 20_000, height: 300, sampling: tall }),
    ],
    ["a strip with tall components", baselineJpeg({ width: 65_500, height: 16, sampling: tall })],
    ["4:1:0", baselineJpeg({ width: 2000, height: 1500, sampling: fourToOne })],
    ["12 progressive megapixels", progressiveJpeg({ width: 4000, height: 3000, sampling: HALVED })],
    [
      "12 progressive megapixels, 4:4:4",
      progressiveJpeg({ width: 4000, height: 3000, sampling: whole }),
    ],
    ["3 progressive megapixels", progressiveJpeg({ width: 2000, height: 1500, sampling: HALVED })],
    ["30 scans of 2 megapixels", scanBomb({ width: 1600, height: 1250 }, 30)],
    ["30 scans of a megapixel", scanBomb({ width: 1000, height: 1000 }, 30)],
    ["10 MB of fill bytes", flood(Uint8Array.of(255))],
    ["10 MB of empty segments", flood(segment(0xfe, []))],
    ["10 MB of EXIF blocks", flood(segment(0xe1, [...Buffer.from("Exif\0\0II*\0\x08\0\0\0\0\0")]))],
    ["10 MB of Huffman tables", flood(huffmanTables())],
    ["10 MB of quantisation tables", flood(QUANTISATION)],
    [
      "10 MB of restart markers",
      concat(
        beforeScans({ width: 64, height: 64, sampling: GREY }),
        scanHeader([1]),
        repeat(Uint8Array.of(0xff, 0xd0), 4_700_000),
        EOI,
      ),
    ],
    ["a video behind its end marker", concat(photo, new Uint8Array(9_000_000).fill(0x5a))],
  ])("are not exceeded by %s", async (_, file) => {
    const { peakBytes, estimatedBytes, ms, estimatedMs } = await worker.decoded(file);
    expect(peakBytes).toBeLessThanOrEqual(estimatedBytes);
    expect(estimatedBytes).toBeLessThan(peakBytes * 1.5 + 2 ** 20);
    // The machine may be busy, so this notices only a wrong order of magnitude.
    expect(ms).toBeLessThan(estimatedMs * 12 + 200);
  });

  it("leave out a video behind the end marker", async () => {
    const video = new Uint8Array(9_000_000).fill(0x5a);
    const [alone, both] = [await worker.decoded(photo), await worker.decoded(concat(photo, video))];
    expect(both.peakBytes).toBe(alone.peakBytes);
    expect(both.thumb8).toEqual(alone.thumb8);
  });

  it("take 10 MB of a baseline file as little more than the file", async () => {
    const shape = { width: 4000, height: 3000, sampling: whole };
    const comment = segment(0xfe, new Uint8Array(65_000));
    const file = concat(SOI, repeat(comment, 150), baselineJpeg(shape).subarray(2));
    const { peakBytes } = await worker.decoded(file);
    expect(peakBytes).toBeLessThan(12_000_000);
  });

  it("do not count coefficients that a reduction to 1/8 does not need", async () => {
    const shape = { width: 4000, height: 3000, sampling: HALVED };
    const { peakBytes } = await worker.decoded(progressiveJpeg(shape));
    expect(peakBytes).toBeLessThan((countBlocks(shape) * 128) / 4);
  });
});
