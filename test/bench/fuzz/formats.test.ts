/** The parsers, writers and mutations of the fuzzer. */
import { describe, expect, it } from "vitest";
import { FUZZ_FORMATS } from "../../../bench/fuzz/fuzz-formats.ts";
import { makeMutant } from "../../../bench/fuzz/make-mutant.ts";
import { PARTS_MUTATIONS } from "../../../bench/fuzz/mutate-parts.ts";
import { findParts, RAW } from "../../../bench/fuzz/part.ts";
import { Random } from "../../../bench/fuzz/random.ts";
import { createNodeImageDecoder } from "../../../cli/platform/node-image-decoder.ts";
import { CODECS } from "../../../src/imaging/codecs.ts";
import { inspectImage } from "../../../src/imaging/inspect-image.ts";

const MAX_SEED_BYTES = 30_000;

it("every format that is decoded is fuzzed", () => {
  const fuzzed = FUZZ_FORMATS.map(({ format }) => format);
  expect(fuzzed.toSorted()).toEqual(CODECS.map(({ format }) => format).toSorted());
});

describe.each(FUZZ_FORMATS)("the $format fuzzer", async (format) => {
  const seeds = await format.makeSeeds();
  const decoder = createNodeImageDecoder();

  it("starts from sound, small files", async () => {
    for (const seed of seeds) {
      const header = inspectImage(seed);
      expect(header.format).toBe(format.format);
      expect(seed.length).toBeLessThan(MAX_SEED_BYTES);
      await expect(decoder.decode(seed, header, 256)).resolves.toBeDefined();
    }
  });

  it("writes what it parses", () => {
    for (const seed of seeds) {
      const parts = format.parse(seed);
      // Only the signature of a PNG is not understood.
      expect(findParts(parts, RAW).every(({ data }) => data.length <= 8)).toBe(true);
      expect(Buffer.compare(format.write(parts), seed)).toBe(0);
    }
  });

  it("parses what its own mutations wrote", () => {
    for (let index = 0; index < 200; index++) {
      expect(() => format.parse(makeMutant(format, seeds, 7, index).bytes)).not.toThrow();
    }
  });

  it("makes the same file from the same numbers, and another one from others", () => {
    const { bytes, description } = makeMutant(format, seeds, 1, 5);
    expect(makeMutant(format, seeds, 1, 5)).toEqual({ index: 5, bytes, description });
    const others = Array.from({ length: 20 }, (_, i) => makeMutant(format, seeds, 2, i));
    expect(new Set(others.map((other) => Buffer.from(other.bytes).toString("hex"))).size).toBe(20);
  });

  it("changes a file with each of its mutations", () => {
    const mutations = [...format.mutations, ...PARTS_MUTATIONS];
    const idle = mutations.filter(
      (mutate, index) =>
        !seeds.some((seed, i) => {
          const parts = format.parse(seed);
          const random = new Random(`${index} ${i}`);
          const done = mutate(parts, random, format.parse(seeds[0] as Uint8Array));
          return done !== undefined && Buffer.compare(format.write(parts), seed) !== 0;
        }),
    );
    expect(idle.map(String)).toEqual([]);
  });

  it("leaves some of the files decodable, so that all of a decoder is reached", async () => {
    let decoded = 0;
    for (let index = 0; index < 100; index++) {
      const { bytes } = makeMutant(format, seeds, 1, index);
      try {
        const header = inspectImage(bytes);
        if (header.width * header.height > 2e6) continue;
        await decoder.decode(bytes, header, 256);
        decoded++;
      } catch {
        // Refused.
      }
    }
    expect(decoded).toBeGreaterThanOrEqual(5);
    expect(decoded).toBeLessThan(95);
  });
});
