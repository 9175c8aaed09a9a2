import { encodeGif } from "../../../tools/encode-gif.ts";
import { concat, EMPTY, latin1, littleEndian } from "../bytes.ts";
import type { FuzzFormat } from "../fuzz-format.ts";
import { makePart, type Part } from "../part.ts";
import { Random } from "../random.ts";
import { cropPhoto } from "../seed-photo.ts";
import { encodeLzw } from "./gif-lzw.ts";
import { GIF_MUTATIONS } from "./gif-mutations.ts";
import {
  CODE_SIZE,
  EXTENSION,
  IMAGE,
  makeSubBlocks,
  PALETTE,
  parseGif,
  SCREEN,
  TRAILER,
  writeGif,
} from "./gif-parts.ts";

export const fuzzGif: FuzzFormat = {
  format: "GIF",
  extension: "gif",
  makeSeeds: async () => {
    const [first, ...others] = SEEDS;
    const photo = encodeGif(await cropPhoto(64, 48));
    return [photo, makeSeed(first, 0), ...others.map((seed, i) => makeSeed(seed, i + 1))];
  },
  parse: parseGif,
  write: writeGif,
  mutations: GIF_MUTATIONS,
};

type Frame = {
  readonly left?: number;
  readonly top?: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced?: boolean;
  readonly localPalette?: boolean;
  /** In a graphic control extension, which is left out if it is undefined. */
  readonly transparentIndex?: number;
};

type Seed = {
  readonly width: number;
  readonly height: number;
  readonly codeSize: number;
  readonly frames: readonly Frame[];
  readonly comment?: string;
};

const SEEDS: readonly [Seed, ...Seed[]] = [
  { width: 60, height: 40, codeSize: 8, frames: [{ width: 60, height: 40, interlaced: true }] },
  { width: 90, height: 70, codeSize: 2, frames: [{ width: 90, height: 70, transparentIndex: 1 }] },
  {
    width: 50,
    height: 50,
    codeSize: 4,
    comment: "NETSCAPE2.0",
    frames: [
      { width: 50, height: 50, transparentIndex: 3 },
      { left: 10, top: 5, width: 20, height: 20, localPalette: true, transparentIndex: 0 },
      { width: 50, height: 50 },
    ],
  },
  {
    width: 80,
    height: 80,
    codeSize: 7,
    frames: [{ left: 16, top: 8, width: 40, height: 60, localPalette: true }],
  },
  { width: 10, height: 10, codeSize: 3, frames: [{ width: 33, height: 21, interlaced: true }] },
  // More than a megapixel, which is reduced while it is decoded.
  { width: 1200, height: 1000, codeSize: 2, frames: [{ width: 1200, height: 1000 }] },
];

function makeSeed({ width, height, codeSize, frames, comment }: Seed, index: number): Uint8Array {
  const random = new Random(`GIF seed ${index}`);
  const flags = 0x80 | (codeSize - 1);
  const screen = concat([
    latin1("GIF89a"),
    littleEndian(width, 2),
    littleEndian(height, 2),
    Uint8Array.of(flags, 0, 0),
  ]);
  const palette = () => makePart(PALETTE, random.bytes(3 << codeSize));
  return writeGif([
    makePart(SCREEN, screen),
    palette(),
    ...(comment === undefined ? [] : [makeExtension(0xff, latin1(comment))]),
    ...frames.flatMap((frame) => [
      ...(frame.transparentIndex === undefined
        ? []
        : [makeExtension(0xf9, Uint8Array.of(1, 10, 0, frame.transparentIndex))]),
      makeImage(frame, codeSize, frame.localPalette ? [palette()] : [], random),
    ]),
    makePart(TRAILER, Uint8Array.of(0x3b)),
  ]);
}

function makeExtension(label: number, data: Uint8Array): Part {
  const head = Uint8Array.of(0x21, label);
  return makePart(EXTENSION, EMPTY, { head, children: makeSubBlocks(data) });
}

function makeImage(frame: Frame, codeSize: number, palette: Part[], random: Random): Part {
  const { left = 0, top = 0, width, height, interlaced } = frame;
  const flags = (interlaced ? 0x40 : 0) | (palette.length > 0 ? 0x80 | (codeSize - 1) : 0);
  const size = [left, top, width, height].map((value) => littleEndian(value, 2));
  const head = concat([Uint8Array.of(0x2c), ...size, Uint8Array.of(flags)]);
  let index = 0;
  const indices = Uint8Array.from({ length: width * height }, () => {
    // Runs of a colour, so that codes stand for several pixels.
    if (random.below(width) < 4) index = random.below(1 << codeSize);
    return index;
  });
  const children = [
    ...palette,
    makePart(CODE_SIZE, Uint8Array.of(codeSize)),
    ...makeSubBlocks(encodeLzw(indices, codeSize)),
  ];
  return makePart(IMAGE, EMPTY, { head, children });
}
