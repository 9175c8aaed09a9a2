/** The inflater against zlib's deflate, with every level, strategy and size of its pieces. */
import { constants, deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Inflater } from "../../src/imaging/png/inflate.ts";

/** Reads `stream` in pieces of at most `pieceBytes`, as IDAT chunks give it. */
function open(stream: Uint8Array, expectedBytes: number): Inflater {
  let at = 0;
  return new Inflater((target) => {
    const piece = stream.subarray(at, at + target.length);
    target.set(piece);
    at += piece.length;
    return piece.length;
  }, expectedBytes);
}

const { Z_DEFAULT_STRATEGY, Z_FILTERED, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_SYNC_FLUSH } = constants;
const settings = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
  windowBits: fc.integer({ min: 9, max: 15 }),
  strategy: fc.constantFrom(Z_DEFAULT_STRATEGY, Z_FILTERED, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE),
});
/** Runs of a few values, copies of earlier bytes, and noise. */
const contents = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.nat(255), fc.nat(5000)).map(([byte, count]) => new Uint8Array(count).fill(byte)),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.nat(4000))
        .map(([pattern, count]) =>
          Uint8Array.from(
            { length: count },
            (_, i) => (pattern[i % pattern.length] as number) ^ (i >> 9),
          ),
        ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => new Uint8Array(Buffer.concat(parts)));

describe("Inflater", () => {
  it("gives what was deflated, in rows of any length", () => {
    fc.assert(
      fc.property(
        contents,
        settings,
        fc.integer({ min: 1, max: 9000 }),
        (bytes, options, length) => {
          const inflater = open(deflateSync(bytes, options), bytes.length);
          const parts: Uint8Array[] = [];
          for (let at = 0; at < bytes.length; at += length) {
            const part = new Uint8Array(Math.min(length, bytes.length - at));
            expect(inflater.read(part)).toBe(undefined);
            parts.push(part);
          }
          expect(Buffer.concat(parts).equals(bytes)).toBe(true);
          expect(inflater.read(new Uint8Array(1))).toMatch(/ends early/);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("gives megabytes with matches over the whole window", () => {
    let seed = 1;
    const noise = Uint8Array.from({ length: 32_768 }, () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
      return seed >>> 24;
    });
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => noise[i % 32_700] as number);
    const result = new Uint8Array(bytes.length);
    expect(open(deflateSync(bytes, { level: 9 }), bytes.length).read(result)).toBe(undefined);
    expect(Buffer.from(result).equals(bytes)).toBe(true);
  });

  it("never gives a byte that a cut stream does not have", () => {
    const bytes = Uint8Array.from({ length: 3000 }, (_, i) => (i * i) >> 5);
    const options = { level: 9, finishFlush: Z_SYNC_FLUSH };
    for (const stream of [deflateSync(bytes, options), deflateSync(bytes, { level: 0 })]) {
      for (let cut = 0; cut < stream.length; cut++) {
        const inflater = open(stream.subarray(0, cut), bytes.length);
        const byte = new Uint8Array(1);
        let count = 0;
        while (inflater.read(byte) === undefined) expect(byte[0]).toBe(bytes[count++]);
        expect(count).toBeLessThanOrEqual(bytes.length);
        if (cut < stream.length - 10) expect(count).toBeLessThan(bytes.length);
      }
    }
  });

  it("ends with an image's bytes or a reason, whatever the stream", () => {
    fc.assert(
      fc.property(
        contents,
        settings,
        fc.array(fc.nat(), { maxLength: 6 }),
        (bytes, options, changes) => {
          const stream = deflateSync(bytes, options);
          for (const change of changes) stream[change % stream.length] = change >> 8;
          const result = open(stream, bytes.length).read(new Uint8Array(bytes.length + 1));
          expect(result ?? "ends").toMatch(/^(?:ends|has|refers|does|consists)/);
        },
      ),
      { numRuns: 300 },
    );
  });
});
