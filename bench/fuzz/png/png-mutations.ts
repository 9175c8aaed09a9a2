/** Changes to a PNG that know its header, its chunks and its compressed rows. */
import { bigEndian, concat, latin1, overwrite } from "../bytes.ts";
import { pickExtreme } from "../extremes.ts";
import type { PartsMutation } from "../fuzz-format.ts";
import { flipBits } from "../mutate-bytes.ts";
import { findParts, makePart } from "../part.ts";
import type { Random } from "../random.ts";
import { cutStream, deflateBomb, deflateRows, inflateRows, replaceIdats } from "./png-rows.ts";

const ANCILLARY = [
  ...["tRNS", "PLTE", "gAMA", "cHRM", "sRGB", "iCCP", "bKGD", "hIST", "pHYs", "sPLT", "tIME"],
  ...["tEXt", "zTXt", "iTXt", "eXIf", "acTL", "fcTL", "fdAT", "CgBI", "IHDR", "IDAT", "IEND"],
  ...["ABCD", "abcd", "sBIT"],
] as const;

/** Where the fields of IHDR are, and values for them. */
const HEADER_FIELDS = [
  { name: "width", at: 0, size: 4, choose: (random: Random) => pickExtreme(random, 64) },
  { name: "height", at: 4, size: 4, choose: (random: Random) => pickExtreme(random, 64) },
  {
    name: "bit depth",
    at: 8,
    size: 1,
    choose: (random: Random) => random.pick([1, 2, 4, 8, 16, 0, 3]),
  },
  { name: "colour type", at: 9, size: 1, choose: (random: Random) => random.below(8) },
  { name: "compression", at: 10, size: 1, choose: (random: Random) => random.below(3) },
  { name: "filter method", at: 11, size: 1, choose: (random: Random) => random.below(3) },
  { name: "interlacing", at: 12, size: 1, choose: (random: Random) => random.pick([0, 1, 1, 2]) },
] as const;

/** Of the streams that inflate to far more than the picture. */
const BOMB_MEGABYTES = [1, 4, 16, 64] as const;

export const PNG_MUTATIONS: readonly PartsMutation[] = [
  (parts, random) => {
    const chunk = random.pick(parts);
    if (!chunk) return undefined;
    chunk.damaged = true;
    return `gave ${chunk.type} a wrong checksum`;
  },
  (parts, random) => {
    const [header] = findParts(parts, "IHDR");
    const field = random.pick(HEADER_FIELDS);
    if (!header || !field) return undefined;
    const value = field.choose(random);
    header.data = overwrite(header.data, field.at, bigEndian(value, field.size));
    return `set the ${field.name} to ${value}`;
  },
  changeRows("changed bits of the rows", flipBits),
  changeRows("changed the filters of rows", (rows, random) => {
    const copy = rows.slice();
    const step = random.between(1, 300);
    for (let at = 0; at < copy.length; at += step) copy[at] = random.below(7);
    return copy;
  }),
  changeRows("cut the rows", (rows, random) =>
    rows.slice(0, random.chance(50) ? random.below(rows.length) : -random.between(1, 9)),
  ),
  changeRows("added rows", (rows, random) =>
    concat([rows, random.bytes(random.pick([1, 10, 5000]))]),
  ),
  changeRows("compressed the rows again", (rows) => rows),
  changeStream("split the stream", (stream) => stream),
  changeStream("flipped bits of the stream", flipBits),
  changeStream("changed the zlib header", (stream, random) =>
    overwrite(stream, random.below(2), random.bytes(1)),
  ),
  changeStream("changed the zlib checksum", (stream, random) =>
    overwrite(stream, stream.length - random.between(1, 4), random.bytes(1)),
  ),
  changeStream("cut the stream", (stream, random) =>
    stream.slice(0, random.chance(50) ? random.below(stream.length) : -random.between(1, 6)),
  ),
  changeStream("added bytes after the stream", (stream, random) =>
    concat([stream, random.bytes(random.pick([1, 4, 100, 20_000]))]),
  ),
  changeStream("repeated the stream", (stream) => concat([stream, stream])),
  (parts, random) => {
    const megabytes = random.pick(BOMB_MEGABYTES);
    const bomb = deflateBomb(megabytes);
    if (random.chance(50)) replaceIdats(parts, cutStream(bomb, random));
    else {
      const type = random.pick(["zTXt", "iCCP", "fdAT"]);
      const data = concat([latin1("name\0\0"), bomb]);
      parts.splice(random.between(1, parts.length), 0, makePart(type, data));
    }
    return `added a stream of ${megabytes} MB of zeros`;
  },
  (parts, random) => {
    const [header] = findParts(parts, "IHDR");
    if (!header) return undefined;
    const side = random.pick([1000, 3000, 9000]);
    header.data = overwrite(header.data, 0, concat([bigEndian(side, 4), bigEndian(side, 4)]));
    replaceIdats(parts, cutStream(deflateBomb(random.pick(BOMB_MEGABYTES)), random));
    return `made an empty picture of ${side}x${side}`;
  },
  (parts, random) => {
    const type = random.pick(ANCILLARY) ?? "tEXt";
    const data = random.bytes(random.pick([0, 1, 4, 6, 13, 26, 256, 768, 3000]));
    const copies = random.chance(10) ? 500 : 1;
    const at = random.between(1, parts.length);
    parts.splice(at, 0, ...Array.from({ length: copies }, () => makePart(type, data)));
    return `inserted ${copies} ${type}`;
  },
  (parts, random) => {
    const [palette] = findParts(parts, "PLTE", "tRNS");
    if (!palette) return undefined;
    palette.data = random.bytes(random.pick([0, 1, 2, 3, 6, 255, 256, 765, 768, 771]));
    return `gave ${palette.type} ${palette.data.length} bytes`;
  },
];

function changeRows(
  name: string,
  change: (rows: Uint8Array, random: Random) => Uint8Array,
): PartsMutation {
  return (parts, random) => {
    const rows = inflateRows(parts);
    if (!rows || rows.length === 0) return undefined;
    replaceIdats(parts, cutStream(deflateRows(change(rows, random), random), random));
    return name;
  };
}

function changeStream(
  name: string,
  change: (stream: Uint8Array, random: Random) => Uint8Array,
): PartsMutation {
  return (parts, random) => {
    const stream = concat(findParts(parts, "IDAT").map(({ data }) => data));
    if (stream.length < 8) return undefined;
    replaceIdats(parts, cutStream(change(stream, random), random));
    return name;
  };
}
