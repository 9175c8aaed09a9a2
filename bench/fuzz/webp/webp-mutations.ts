/** Changes to a WebP that know the canvas, the frames and their headers. */
import { bigEndian, concat, EMPTY, littleEndian, overwrite, readLE } from "../bytes.ts";
import { pickExtreme } from "../extremes.ts";
import type { PartsMutation } from "../fuzz-format.ts";
import { makeExif } from "../make-exif.ts";
import { flipBits } from "../mutate-bytes.ts";
import { copyPart, findParts, makePart, type Part } from "../part.ts";
import type { Random } from "../random.ts";

const ANIMATED = 0x02;
const ALPHA = 0x10;

export const WEBP_MUTATIONS: readonly PartsMutation[] = [
  changeData("VP8X", "changed a side of the canvas", (data, random) => {
    const at = random.pick([4, 7]);
    return overwrite(data, at, littleEndian(pickExtreme(random, readLE(data, at, 3)), 3));
  }),
  changeData("VP8X", "changed the flags of the canvas", (data, random) =>
    overwrite(data, 0, Uint8Array.of(random.pick([0, ANIMATED, ALPHA, 0x08, 0x3e, 0xff]))),
  ),
  changeData("VP8 ", "changed a side of a lossy frame", (data, random) => {
    const at = random.pick([6, 8]);
    return overwrite(data, at, littleEndian(pickExtreme(random, readLE(data, at, 2)), 2));
  }),
  changeData("VP8 ", "changed the tag of a lossy frame", (data, random) =>
    overwrite(data, 0, littleEndian(readLE(data, 0, 3) ^ (1 << random.below(24)), 3)),
  ),
  changeData("VP8 ", "changed the size of the first partition", (data, random) => {
    const tag = readLE(data, 0, 3);
    const size = pickExtreme(random, tag >> 5) % 2 ** 19;
    return overwrite(data, 0, littleEndian((tag & 31) + size * 32, 3));
  }),
  changeData("VP8 ", "flipped bits of the header of a lossy frame", (data, random) =>
    concat([data.subarray(0, 10), flipBits(data.subarray(10, 60), random), data.subarray(60)]),
  ),
  changeData("VP8L", "changed a side of a lossless frame", (data, random) => {
    const bits = readLE(data, 1, 4);
    const value = pickExtreme(random, bits & 0x3fff) & 0x3fff;
    const sized = random.chance(50)
      ? (bits & ~0x3fff) | value
      : (bits & ~(0x3fff << 14)) | (value << 14);
    return overwrite(data, 1, littleEndian(sized >>> 0, 4));
  }),
  changeData("VP8L", "flipped bits of the transforms and codes", (data, random) =>
    concat([data.subarray(0, 5), flipBits(data.subarray(5, 80), random), data.subarray(80)]),
  ),
  changeData("ALPH", "changed the kind of the alpha", (data, random) =>
    overwrite(data, 0, Uint8Array.of(random.pick([0, 1, 4, 8, 12, 0x10, 0x3d, 0xff]))),
  ),
  changeData("ALPH", "flipped bits of the alpha", flipBits),
  cutData("VP8 "),
  cutData("VP8L"),
  cutData("ALPH"),
  (parts, random) => {
    const frame = random.pick(findParts(parts, "ANMF"));
    if (!frame) return undefined;
    const at = random.pick([0, 3, 6, 9, 12]);
    const value = pickExtreme(random, readLE(frame.head, at, 3));
    frame.head = overwrite(frame.head, at, littleEndian(value, 3));
    return `set field ${at} of a frame to ${value}`;
  },
  (parts, random) => {
    const chunks = parts[0]?.children;
    const image = chunks?.findIndex(({ type }) => /^VP8[ L]$/.test(type)) ?? -1;
    if (!chunks || image < 0) return undefined;
    const size = random.pick([63, pickExtreme(random, 63)]);
    const side = littleEndian(size, 3);
    const head = concat([new Uint8Array(6), side, side, new Uint8Array(4)]);
    const frame = makePart("ANMF", EMPTY, { head, children: [chunks[image] as Part] });
    const copies = random.pick([1, 2, 20]);
    chunks.splice(image, 1, ...Array.from({ length: copies }, () => copyPart(frame)));
    if (random.chance(80)) {
      const canvas = concat([Uint8Array.of(ANIMATED, 0, 0, 0), side, side]);
      chunks.unshift(makePart("VP8X", canvas), makePart("ANIM", new Uint8Array(6)));
    }
    return `wrapped the picture in ${copies} frames of ${size + 1} pixels`;
  },
  (parts, random) => {
    const chunks = parts[0]?.children;
    if (!chunks) return undefined;
    const chunk = random.pick([
      makePart("EXIF", makeExif(random.below(10))),
      makePart("XMP ", random.bytes(40)),
      makePart("ICCP", random.bytes(400)),
      makePart("ALPH", concat([Uint8Array.of(random.below(32)), random.bytes(100)])),
      makePart("VP8X", concat([bigEndian(random.below(64) * 2 ** 24, 4), random.bytes(6)])),
      makePart("ANIM", new Uint8Array(6)),
      makePart("ABCD", random.bytes(5)),
    ]);
    const copies = random.chance(10) ? 1000 : 1;
    const added = Array.from({ length: copies }, () => copyPart(chunk));
    chunks.splice(random.below(chunks.length + 1), 0, ...added);
    return `inserted ${copies} ${chunk.type}`;
  },
];

function changeData(
  type: string,
  name: string,
  change: (data: Uint8Array, random: Random) => Uint8Array,
): PartsMutation {
  return (parts, random) => {
    const part = random.pick(findParts(parts, type).filter(({ data }) => data.length > 0));
    if (!part) return undefined;
    part.data = change(part.data, random);
    return name;
  };
}

/** Shortens the data without saying so, as the chunk's length is corrected. */
function cutData(type: string): PartsMutation {
  return changeData(type, `cut ${type}`, (data, random) =>
    data.slice(0, random.chance(50) ? random.below(data.length) : -random.between(1, 10)),
  );
}
