import { describe, expect, it } from "vitest";
import { createNodeImageDecoder } from "../../cli/platform/node-image-decoder.ts";
import type { Orientation } from "../../src/imaging/common-header.ts";
import { inspectImage } from "../../src/imaging/inspect-image.ts";
import { jsImageDecoder } from "../../src/imaging/js-image-decoder.ts";
import { DEFAULT_IMAGE_LIMITS as limits } from "../../src/imaging/limits.ts";
import { orient } from "../../src/imaging/orient.ts";
import { decodeImage } from "../../src/imaging/prepare-image.ts";
import type { RgbImage } from "../../src/imaging/rgb-image.ts";
import {
  encodeAll,
  encodeJpeg,
  encodePng,
  makePicture,
  type Rgba,
} from "./support/sample-files.ts";

const decoder = createNodeImageDecoder();
const picture = makePicture(48, 32);
const files = await encodeAll(picture);

/** What each encoder loses, in mean 8-bit steps: the GIF has 6x7x6 colours, the others compress. */
const TOLERANCES: Record<string, number> = {
  jpeg: 3,
  png: 0,
  gif: 13,
  "webp (lossy)": 5,
  "webp (lossless)": 0,
  avif: 8,
};

function rgbOf({ width, height, data }: Rgba): RgbImage {
  return { width, height, data: Uint8Array.from(data.filter((_, i) => i % 4 !== 3)) };
}

function meanDifference(a: RgbImage, b: RgbImage): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  const total = a.data.reduce((sum, value, i) => sum + Math.abs(value - (b.data[i] as number)), 0);
  return total / a.data.length;
}

const decode = (bytes: Uint8Array, minShorterSide = 256) =>
  decoder.decode(bytes, inspectImage(bytes), minShorterSide);

const decodePortably = (bytes: Uint8Array) =>
  jsImageDecoder.decode(bytes, inspectImage(bytes), 256);

describe("the default decoder", () => {
  it.each(Object.entries(files))("decodes the picture of a %s file", async (name, file) => {
    expect(meanDifference(await decode(file), rgbOf(picture))).toBeLessThanOrEqual(
      TOLERANCES[name] as number,
    );
  });

  it("composites alpha over white", async () => {
    const data = new Uint8ClampedArray([0, 0, 0, 0, 200, 100, 0, 128, 10, 20, 30, 255]);
    const image = await decode(encodePng({ width: 3, height: 1, data }));
    // (200 * 128 + 255 * 127) / 255 = 227.4
    expect([...image.data]).toEqual([255, 255, 255, 227, 177, 127, 10, 20, 30]);
  });

  it("reduces a large PNG to the average of boxes, edges included", async () => {
    const large = makePicture(1501, 1003);
    const image = await decode(encodePng(large));
    expect([image.width, image.height]).toEqual([Math.ceil(1501 / 3), Math.ceil(1003 / 3)]);
    const box = (x0: number, y0: number, x1: number, y1: number) => {
      let sum = 0;
      for (let y = y0; y < y1; y++) {
        for (let x = x0; x < x1; x++) sum += large.data[(y * 1501 + x) * 4] as number;
      }
      return Math.floor((sum + (((x1 - x0) * (y1 - y0)) >> 1)) / ((x1 - x0) * (y1 - y0)));
    };
    const at = (x: number, y: number) => image.data[(y * image.width + x) * 3];
    expect(at(0, 0)).toBe(box(0, 0, 3, 3));
    expect(at(100, 50)).toBe(box(300, 150, 303, 153));
    expect(at(500, 334)).toBe(box(1500, 1002, 1501, 1003));
  });

  it("reduces a large JPEG in the DCT domain, to no less than the side that is needed", async () => {
    const large = makePicture(2000, 1600);
    const file = encodeJpeg(large);
    for (const [minShorterSide, width, height] of [
      [84, 250, 200],
      [200, 250, 200],
      [201, 500, 400],
      [256, 500, 400],
      [1600, 2000, 1600],
    ] as const) {
      const image = await decode(file, minShorterSide);
      expect([image.width, image.height]).toEqual([width, height]);
    }
  });

  it("does not reduce an image of up to a megapixel", async () => {
    const image = await decode(encodeJpeg(makePicture(1000, 1000)), 84);
    expect([image.width, image.height]).toEqual([1000, 1000]);
  });

  it("drops libjpeg-turbo after an image for which its memory grew", async () => {
    const { JpegTurbo } = await import("../../src/imaging/jpeg/jpeg-turbo.ts");
    const { readFile } = await import("node:fs/promises");
    const wasm = await readFile(
      new URL("../../node_modules/@cwasm/jpeg-turbo/jpeg-turbo.wasm", import.meta.url),
    );
    const turbo = new JpegTurbo(await WebAssembly.compile(wasm));
    const { readJpegHeader } = await import("../../src/imaging/jpeg/jpeg-header.ts");
    const small = encodeJpeg(picture);
    turbo.decode(small, readJpegHeader(small), 8);
    const idle = turbo.heapBytes;
    expect(idle).toBeGreaterThan(0);
    const large = encodeJpeg(makePicture(2000, 1600));
    turbo.decode(large, readJpegHeader(large), 8);
    expect(turbo.heapBytes).toBe(0);
    for (let i = 0; i < 20; i++) turbo.decode(small, readJpegHeader(small), 8);
    expect(turbo.heapBytes).toBe(idle);
  });
});

describe("the default and the portable decoder", () => {
  it("agree on PNG exactly", async () => {
    const file = files.png as Uint8Array;
    expect(meanDifference(await decode(file), await decodePortably(file))).toBe(0);
  });

  it("agree on JPEG within the rounding of their transforms", async () => {
    const file = files.jpeg as Uint8Array;
    // 4:4:4, so that only the inverse DCT and the colour conversion differ: less than a step.
    expect(meanDifference(await decode(file), await decodePortably(file))).toBeLessThan(1);
  });
});

describe("orient()", () => {
  // A 2x3 picture whose pixels are numbered as stored, and how EXIF 2.32 wants each shown.
  const stored = {
    width: 2,
    height: 3,
    data: Uint8Array.of(...[0, 1, 2, 3, 4, 5].flatMap((i) => [i, i, i])),
  };
  it.each<[Orientation, number, number[]]>([
    [1, 2, [0, 1, 2, 3, 4, 5]],
    [2, 2, [1, 0, 3, 2, 5, 4]],
    [3, 2, [5, 4, 3, 2, 1, 0]],
    [4, 2, [4, 5, 2, 3, 0, 1]],
    [5, 3, [0, 2, 4, 1, 3, 5]],
    [6, 3, [4, 2, 0, 5, 3, 1]],
    [7, 3, [5, 3, 1, 4, 2, 0]],
    [8, 3, [1, 3, 5, 0, 2, 4]],
  ])("turns a picture of EXIF orientation %s upright", (orientation, width, pixels) => {
    const image = orient(stored, orientation);
    expect(image.width).toBe(width);
    expect([...image.data].filter((_, i) => i % 3 === 0)).toEqual(pixels);
  });
});

describe("image limits", () => {
  const attempt = (bytes: Uint8Array, change: object) =>
    decodeImage(bytes, decoder, { limits: { ...limits, ...change }, minShorterSide: 256 });

  it.each([
    ["maxBytes", files.png, 100],
    ["maxSide", files.jpeg, 47],
    ["maxPixels", files.gif, 48 * 32 - 1],
    ["maxWholePixels", files["webp (lossy)"], 48 * 32 - 1],
    ["maxWholePixels", files.avif, 48 * 32 - 1],
    ["maxFrames", files.gif, 0],
    ["maxDecodeBytes", files.avif, 1000],
  ])("%s is named in the error, with its value", async (limit, file, max) => {
    const failure = attempt(file as Uint8Array, { [limit]: max });
    await expect(failure).rejects.toMatchObject({
      code: "IMAGE_TOO_LARGE",
      details: { limit, max },
    });
    await expect(failure).rejects.toThrow(new RegExp(`${limit} is ${max}`));
  });

  it.each([
    ["accepts", "a 12-megapixel progressive JPEG in 4:2:0", progressive(4000, 3000, 0x22)],
    ["accepts", "a 48-megapixel progressive JPEG, at 1/8", progressive(8000, 6000, 0x22)],
    ["refuses", "a 20-megapixel progressive JPEG, at 2/8", progressive(12_000, 1700, 0x22)],
    ["accepts", "a 48-megapixel baseline JPEG", baseline(8000, 6000)],
    ["accepts", "a 100-megapixel baseline JPEG", baseline(10_000, 10_000)],
    ["refuses", "a JPEG of 101 megapixels", baseline(10_100, 10_000)],
  ])("%s %s by default", (verb, _name, file) => {
    const header = inspectImage(file);
    const check = () => decoder.check(header, 8_000_000, { limits, minShorterSide: 256 });
    if (verb === "accepts") expect(check).not.toThrow();
    else expect(check).toThrow(/but max(?:Pixels|DecodeBytes) is/);
  });
});

function baseline(width: number, height: number): Uint8Array {
  return jpegHeader(0xc0, width, height, 0x22);
}

function progressive(width: number, height: number, lumaSampling: number): Uint8Array {
  return jpegHeader(0xc2, width, height, lumaSampling);
}

/** SOI, a frame header of three components, a scan header that names them all, and EOI. */
function jpegHeader(marker: number, width: number, height: number, sampling: number): Uint8Array {
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  const components = [1, sampling, 0, 2, 0x11, 0, 3, 0x11, 0];
  const scan = [0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0, 0xff, 0xd9];
  return Uint8Array.from([0xff, 0xd8, 0xff, marker, 0, 17, 8, ...size, 3, ...components, ...scan]);
}

describe("a format that is not decoded", () => {
  const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));
  it.each([
    ["HEIC", "\0\0\0\x18ftypheic\0\0\0\0mif1heic", /Most Compatible/],
    ["TIFF", "II*\0\x08\0\0\0", /Convert it to JPEG/],
    ["BMP", "BM\x36\0\0\0", /Convert it to JPEG/],
    ["SVG", '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', /PNG/],
    ["PDF", "%PDF-1.7", /page/],
    ["MP4 video", "\0\0\0\x18ftypisom\0\0\0\0", /frame/],
    ["WebM or Matroska video", "\x1a\x45\xdf\xa3", /frame/],
    ["JPEG XL", "\xff\x0a", /Convert/],
  ])("%s is named in the error, with advice", (name, head, advice) => {
    expect(() => inspectImage(latin1(head))).toThrow(advice);
    expect(() => inspectImage(latin1(head))).toThrow(new RegExp(`^${name} is not supported`));
  });

  it("is not confused with an AVIF file whose major brand is mif1", () => {
    const file = files.avif as Uint8Array;
    const renamed = file.slice();
    renamed.set(Buffer.from("mif1"), 8);
    expect(inspectImage(renamed).format).toBe("AVIF");
  });
});
