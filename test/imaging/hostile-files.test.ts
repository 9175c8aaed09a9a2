/** Damaged and hostile files give an image or a typed error, in reasonable time. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createNodeImageDecoder } from "../../cli/platform/node-image-decoder.ts";
import { ImageError } from "../../src/errors.ts";
import { jsImageDecoder } from "../../src/imaging/js-image-decoder.ts";
import { DEFAULT_IMAGE_LIMITS } from "../../src/imaging/limits.ts";
import { decodeImage } from "../../src/imaging/prepare-image.ts";
import { encodeAll, makePicture } from "./support/sample-files.ts";

const options = { limits: DEFAULT_IMAGE_LIMITS, minShorterSide: 256 };
const decoders = { default: createNodeImageDecoder(), portable: jsImageDecoder };
const files = await encodeAll(makePicture(24, 16));
/** A hang guard: the pictures are of 24x16 pixels. */
const MAX_ELAPSED_MS = 2000;

const SIGNATURES: Record<string, number[]> = {
  jpeg: [0xff, 0xd8, 0xff, 0xc0],
  png: [137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82],
  gif: [...Buffer.from("GIF89a")],
  webp: [...Buffer.from("RIFF\xff\0\0\0WEBPVP8X\x0a\0\0\0", "latin1")],
  avif: [...Buffer.from("\0\0\0\x14ftypavif\0\0\0\0mif1\0\0\0\xffmeta\0\0\0\0", "latin1")],
};

describe.each(Object.entries(decoders))("the %s decoder", (_name, decoder) => {
  /** Decodes; anything but an image of the right form or an ImageError fails the test. */
  async function attempt(bytes: Uint8Array): Promise<void> {
    const start = performance.now();
    try {
      const { image } = await decodeImage(bytes, decoder, options);
      expect(image.data.length).toBe(image.width * image.height * 3);
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      expect(error.message).toMatch(/\w\.$/);
    }
    expect(performance.now() - start).toBeLessThan(MAX_ELAPSED_MS);
  }

  describe.each(Object.entries(files))("given a damaged %s file", (_format, file) => {
    it("survives a cut at every offset", async () => {
      for (let length = 0; length < file.length; length++) await attempt(file.slice(0, length));
    });

    it("survives changed bytes anywhere", async () => {
      const change = fc.record({ at: fc.nat(file.length - 1), value: fc.nat(255) });
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
          const damaged = file.slice();
          for (const { at, value } of changes) damaged[at] = value;
          await attempt(damaged);
        }),
        { numRuns: 150 },
      );
    });

    it("survives a run of bytes that is repeated or left out", async () => {
      const splice = fc.tuple(fc.nat(file.length), fc.nat(64), fc.boolean());
      await fc.assert(
        fc.asyncProperty(splice, async ([at, length, repeat]) => {
          const parts = [
            file.slice(0, repeat ? at + length : at),
            file.slice(repeat ? at : at + length),
          ];
          await attempt(new Uint8Array(Buffer.concat(parts)));
        }),
        { numRuns: 50 },
      );
    });
  });

  it.each(Object.entries(SIGNATURES))(
    "survives random bytes after the signature of a %s file",
    async (_format, signature) => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (random) => {
          await attempt(Uint8Array.from([...signature, ...random]));
        }),
        { numRuns: 150 },
      );
    },
  );
});
