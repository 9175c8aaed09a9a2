/** Everything outside the code that must know of a format, and that a format is one row of a table. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { Codec } from "../../src/imaging/codec.ts";
import { CODECS } from "../../src/imaging/codecs.ts";
import type { CommonHeader } from "../../src/imaging/common-header.ts";
import { FORMATS } from "../../src/imaging/formats.ts";
import { gifCodec } from "../../src/imaging/gif/codec.ts";
import { createImageDecoder } from "../../src/imaging/image-decoder.ts";
import { inspectImage, inspectWith } from "../../src/imaging/inspect-image.ts";
import { DEFAULT_IMAGE_LIMITS } from "../../src/imaging/limits.ts";
import { pngCodec } from "../../src/imaging/png/codec.ts";
import { imageSdl } from "../../src/schema/sdl/image.ts";
import { ACCEPTED_FILES } from "../../web/src/accepted-files.ts";
import { encodeAll, makePicture } from "./support/sample-files.ts";

const ROOT = new URL("../../", import.meta.url);
const samples = Object.values(await encodeAll(makePicture(24, 16)));
const schema = await readFile(new URL("schema.graphql", ROOT), "utf8");
const docs = await readFile(new URL("docs/imaging.md", ROOT), "utf8");

describe.each(CODECS.map((codec) => [codec.name, codec] as const))("the format %s", (_, codec) => {
  it("is a value of the GraphQL enum ImageFormat, in the SDL and in schema.graphql", () => {
    expect(enumValues(imageSdl)).toContain(codec.format);
    expect(enumValues(schema)).toContain(codec.format);
  });

  it("has a row in the table of docs/imaging.md", () => {
    expect(docs).toMatch(new RegExp(`^\\| ${codec.name} +\\|`, "m"));
  });

  it("has a sample file, which this codec alone recognises by content", () => {
    const own = samples.filter((sample) => codec.matches(sample));
    expect(own).not.toEqual([]);
    for (const sample of own) {
      expect(inspectImage(sample)).toMatchObject({ format: codec.format, width: 24, height: 16 });
      expect(CODECS.filter((row) => row.matches(sample))).toEqual([codec]);
    }
  });

  it("is offered by the file picker of the page", () => {
    const offered = ACCEPTED_FILES.split(",");
    expect(offered).toEqual(expect.arrayContaining([...codec.mediaTypes]));
    expect(offered).toEqual(expect.arrayContaining(codec.extensions.map((name) => `.${name}`)));
  });
});

describe("the table of codecs", () => {
  const formats = CODECS.map(({ format }) => format).sort();

  it("has a codec for every row of formats.ts", () => {
    expect(formats).toEqual(Object.keys(FORMATS).sort());
  });

  it("has a codec for every value of the GraphQL enum ImageFormat", () => {
    expect(formats).toEqual(enumValues(imageSdl).sort());
  });
});

describe("a made-up codec, added to the table as one row", () => {
  type GreyHeader = CommonHeader & { readonly format: "GREY"; readonly level: number };
  /** "GREY", width, height, level: a file of one colour. */
  const greyCodec = {
    format: "GREY",
    name: "Grey",
    extensions: ["grey"],
    mediaTypes: ["image/x-grey"],
    pixelLimit: "maxWholePixels",
    matches: (bytes) => String.fromCharCode(...bytes.subarray(0, 4)) === "GREY",
    readHeader: ([, , , , width = 0, height = 0, level = 0]) => ({
      format: "GREY",
      width,
      height,
      level,
      // Stored upside down.
      orientation: 3,
      frames: 1,
    }),
    estimateBytes: ({ width, height }, fileBytes) => fileBytes + width * height * 3,
    estimateMs: ({ width, height }) => width * height * 5,
    createDecoder: (loadModule) => ({
      async decode(_bytes, { width, height, level }) {
        expect(await loadModule()).toBe(greyModule);
        const data = new Uint8Array(width * height * 3).fill(level);
        data[0] = 255;
        return { width, height, data };
      },
    }),
  } as const satisfies Codec<GreyHeader>;
  // The smallest module: magic number and version.
  const greyModule = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
  const codecs = [pngCodec, gifCodec, greyCodec] as const;
  const decoder = createImageDecoder(codecs, { GREY: async () => greyModule });
  const file = Uint8Array.of(...Buffer.from("GREY"), 2, 1, 100);
  const options = { limits: DEFAULT_IMAGE_LIMITS, minShorterSide: 256 };

  it("is recognised and inspected", () => {
    const header = { format: "GREY", width: 2, height: 1, level: 100 };
    expect(inspectWith(codecs, file)).toMatchObject(header);
    expect(inspectWith([...CODECS, greyCodec], file)).toMatchObject(header);
    expect(() => inspectImage(file)).toThrow(/not an image of a known format/);
  });

  it("is checked against the limits of formats that are decoded whole", () => {
    const header = inspectWith(codecs, file);
    const check = (change: object) =>
      decoder.check(header, 7, { ...options, limits: { ...options.limits, ...change } });
    expect(() => check({ maxPixels: 1 })).not.toThrow();
    expect(() => check({ maxWholePixels: 1 })).toThrow(/^The Grey is 2x1 = 2 pixels/);
    expect(() => check({ maxDecodeBytes: 18 })).toThrow(/takes about 19 bytes/);
    // The file, the pixels, and the copy that is turned upright.
    expect(decoder.estimateBytes(header, 7, 256)).toBe(7 + 6 + 6);
    expect(decoder.estimateMs(header, 7, 256)).toBe(10);
  });

  it("is decoded with its module, and turned upright", async () => {
    expect(await decoder.decode(file, inspectWith(codecs, file), 256)).toEqual({
      width: 2,
      height: 1,
      data: Uint8Array.of(100, 100, 100, 255, 100, 100),
    });
  });

  it("is listed among the formats that can be sent instead of an unknown one", () => {
    expect(() => inspectWith(codecs, Buffer.from("text"))).toThrow(/Send a PNG, GIF or Grey file/);
  });

  it("is refused by name by a decoder without it", async () => {
    const other = createImageDecoder([pngCodec, gifCodec], {});
    const header = inspectWith(codecs, file) as never;
    expect(() => other.check(header, 7, options)).toThrow(/^GREY is not supported/);
    await expect(other.decode(file, header, 256)).rejects.toMatchObject({
      code: "IMAGE_UNSUPPORTED",
    });
  });
});

/** The values of the enum ImageFormat in a schema, without their descriptions. */
function enumValues(sdl: string): string[] {
  const body = /enum ImageFormat \{([^}]*)\}/.exec(sdl)?.[1] ?? "";
  return body.split("\n").flatMap((line) => /^ *([A-Z]+)$/.exec(line)?.[1] ?? []);
}
