/** Progressive JPEGs at 1/8 have the pixels of libjpeg-turbo, bit for bit. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { canDecodeEighth, decodeEighth } from "../../src/imaging/jpeg/decode-eighth.ts";
import { readJpegHeader } from "../../src/imaging/jpeg/jpeg-header.ts";
import { JpegTurbo } from "../../src/imaging/jpeg/jpeg-turbo.ts";
import {
  concat,
  EOI,
  frameHeader,
  GREY,
  HALVED,
  huffmanTables,
  type Sampling,
  SOI,
  scanHeader,
  segment,
} from "./support/jpeg-builder.ts";

const wasm = new URL("../../node_modules/@cwasm/jpeg-turbo/jpeg-turbo.wasm", import.meta.url);
const turbo = new JpegTurbo(await WebAssembly.compile(await readFile(wasm)));

const colour = (...luma: [number, number]): Sampling => [luma, [1, 1], [1, 1]];

type Random = (below: number) => number;

/** A generator of the same numbers in each run. */
function makeRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Bits as entropy-coded data: filled up with ones, zeros stuffed. */
function pack(bits: readonly number[]): number[] {
  const bytes: number[] = [];
  for (let at = 0; at < bits.length; at += 8) {
    let byte = 0;
    for (let i = 0; i < 8; i++) byte = byte * 2 + (bits[at + i] ?? 1);
    bytes.push(byte);
    if (byte === 255) bytes.push(0);
  }
  return bytes;
}

/**
 * A progressive file of random coefficients: a DC and an AC scan without the lowest bit, and scans that
 * bring it. Codes are those of `huffmanTables`: "0" ends a block, "10" and a sign is a coefficient of 1.
 */
function randomJpeg(
  size: { readonly width: number; readonly height: number },
  sampling: Sampling,
  random: Random,
  interval: number,
): Uint8Array {
  const maxH = Math.max(...sampling.map(([h]) => h));
  const maxV = Math.max(...sampling.map(([, v]) => v));
  const mcus = Math.ceil(size.width / (8 * maxH)) * Math.ceil(size.height / (8 * maxV));
  const ids = sampling.map((_, i) => i + 1);
  const single = sampling.length === 1;
  const blocksInMcu = single ? 1 : sampling.reduce((sum, [h, v]) => sum + h * v, 0);
  const [grey = [1, 1]] = sampling;
  const dcMcus = single ? ownBlocks(grey) : mcus;
  const sign = () => (random(3) === 0 ? [0] : [1, 0, random(2)]);
  const scans = [
    scan(ids, 0, 0, 0x01, dcMcus, () => Array.from({ length: blocksInMcu }, sign).flat()),
    scan(ids, 0, 0, 0x10, dcMcus, () => Array.from({ length: blocksInMcu }, () => random(2))),
  ];
  sampling.forEach((factors, i) => {
    const counts = Array.from({ length: ownBlocks(factors) }, () => random(4) * random(21));
    const first = (block: number) => [
      ...Array.from({ length: counts[block] ?? 0 }, () => [1, 0, random(2)]).flat(),
      0,
    ];
    const refinement = (block: number) => [
      0,
      ...Array.from({ length: counts[block] ?? 0 }, () => random(2)),
    ];
    scans.push(scan([i + 1], 1, 63, 0x01, counts.length, first));
    scans.push(scan([i + 1], 1, 63, 0x10, counts.length, refinement));
  });
  const steps = Array.from({ length: 64 }, () => 1 + random(90));
  const restart = segment(0xdd, [0, interval]);
  const head = [segment(0xdb, [0, ...steps]), frameHeader({ ...size, sampling }, 0xc2), restart];
  return concat(SOI, ...head, huffmanTables(), ...scans, EOI);

  function ownBlocks([h, v]: readonly [number, number]): number {
    const across = Math.ceil((size.width * h) / (8 * maxH));
    return across * Math.ceil((size.height * v) / (8 * maxV));
  }

  function scan(
    components: readonly number[],
    first: number,
    last: number,
    bits: number,
    count: number,
    write: (mcu: number) => number[],
  ): Uint8Array {
    const parts: number[] = [];
    let pending: number[] = [];
    for (let mcu = 0, markers = 0; mcu < count; mcu++) {
      if (interval > 0 && mcu > 0 && mcu % interval === 0) {
        parts.push(...pack(pending), 0xff, 0xd0 + (markers++ % 8));
        pending = [];
      }
      pending.push(...write(mcu));
    }
    return concat(scanHeader(components, { first, last, bits }), parts, pack(pending));
  }
}

describe.each([
  ["grey", GREY],
  ["grey with factors of 2", [[2, 2]] as Sampling],
  ["4:4:4", colour(1, 1)],
  ["4:2:2", colour(2, 1)],
  ["4:4:0", colour(1, 2)],
  ["4:2:0", HALVED],
  ["4:1:1", colour(4, 1)],
  ["4:1:0", colour(4, 2)],
])("a progressive JPEG in %s", (_, sampling) => {
  it.each([
    [160, 120, 0],
    [161, 117, 0],
    [97, 203, 5],
    [9, 17, 1],
    [24, 9, 2],
  ])("of %ix%i pixels is exactly that of libjpeg-turbo at 1/8", (width, height, interval) => {
    const random = makeRandom(width * height + interval);
    const file = randomJpeg({ width, height }, sampling, random, interval);
    const header = readJpegHeader(file);
    expect(canDecodeEighth(header)).toBe(true);
    const expected = turbo.decode(file, header, 1);
    expect(decodeEighth(file, header)).toEqual(expected);
    if (width > 100) expect(new Set(expected.data).size).toBeGreaterThan(20);
  });
});

describe("a progressive JPEG that is left to libjpeg-turbo", () => {
  const size = { width: 64, height: 64 };
  const complete = randomJpeg(size, HALVED, makeRandom(1), 0);

  it.each([
    ["lacks its last scan, which libjpeg smooths over", concat(withoutLastScan(complete), EOI)],
    ["lacks its end marker", complete.subarray(0, complete.length - 2)],
    ["is CMYK", randomJpeg(size, [...colour(1, 1), [1, 1]], makeRandom(1), 0)],
    [
      "is subsampled by 3 to 2",
      randomJpeg(
        size,
        [
          [3, 1],
          [2, 1],
          [1, 1],
        ],
        makeRandom(1),
        0,
      ),
    ],
  ])("%s", (_, file) => {
    expect(canDecodeEighth(readJpegHeader(file))).toBe(false);
  });

  function withoutLastScan(file: Uint8Array): Uint8Array {
    return file.subarray(0, Buffer.from(file).lastIndexOf(Uint8Array.of(0xff, 0xda)));
  }
});
