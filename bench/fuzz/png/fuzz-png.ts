import { bigEndian, concat } from "../bytes.ts";
import type { FuzzFormat } from "../fuzz-format.ts";
import { makeExif } from "../make-exif.ts";
import { makePart, type Part, RAW } from "../part.ts";
import { Random } from "../random.ts";
import { PNG_MUTATIONS } from "./png-mutations.ts";
import { PNG_SIGNATURE, parsePng, writePng } from "./png-parts.ts";
import { CHANNELS, cutStream, deflateRows, makeRows } from "./png-rows.ts";

export const fuzzPng: FuzzFormat = {
  format: "PNG",
  extension: "png",
  makeSeeds: async () => {
    const [first, second, ...others] = SEEDS;
    return [
      makeSeed(first, 0),
      makeSeed(second, 1),
      ...others.map((seed, i) => makeSeed(seed, i + 2)),
    ];
  },
  parse: parsePng,
  write: writePng,
  mutations: PNG_MUTATIONS,
};

type Seed = {
  readonly width?: number;
  readonly height?: number;
  readonly bitDepth?: number;
  readonly colorType: number;
  readonly interlaced?: boolean;
  /** Chunks between the header and the pixels. */
  readonly chunks?: readonly Part[];
};

const random = new Random("PNG seeds");

const SEEDS: readonly [Seed, Seed, ...Seed[]] = [
  { colorType: 2 },
  {
    colorType: 6,
    chunks: [makePart("gAMA", bigEndian(45_455, 4)), makePart("sRGB", Uint8Array.of(0))],
  },
  {
    colorType: 3,
    chunks: [makePart("PLTE", random.bytes(768)), makePart("tRNS", random.bytes(200))],
  },
  { colorType: 3, bitDepth: 2, interlaced: true, chunks: [makePart("PLTE", random.bytes(12))] },
  { colorType: 2, bitDepth: 16, chunks: [makePart("tRNS", new Uint8Array(6))] },
  { colorType: 4, bitDepth: 16, interlaced: true },
  { colorType: 0, bitDepth: 1, chunks: [makePart("eXIf", makeExif(6))] },
  { colorType: 6, interlaced: true, chunks: [makePart("acTL", bigEndian(2 * 2 ** 32, 8))] },
  // More than a megapixel, which is reduced while it is decoded.
  { width: 1100, height: 1000, colorType: 0 },
];

function makeSeed(seed: Seed, index: number): Uint8Array {
  const { width = 61, height = 47, bitDepth = 8, colorType, interlaced = false } = seed;
  const choices = new Random(`PNG seed ${index}`);
  const bitsPerPixel = (CHANNELS[colorType] as number) * bitDepth;
  const rows = makeRows({ width, height, bitsPerPixel, interlaced }, choices);
  const header = concat([
    bigEndian(width, 4),
    bigEndian(height, 4),
    Uint8Array.of(bitDepth, colorType, 0, 0, interlaced ? 1 : 0),
  ]);
  return writePng([
    makePart(RAW, PNG_SIGNATURE),
    makePart("IHDR", header),
    ...(seed.chunks ?? []),
    ...cutStream(deflateRows(rows), choices).map((data) => makePart("IDAT", data)),
    makePart("IEND"),
  ]);
}
