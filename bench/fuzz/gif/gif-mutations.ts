/** Changes to a GIF that know its descriptors and its compressed pixels. */
import { concat, littleEndian, overwrite, readLE } from "../bytes.ts";
import { pickExtreme } from "../extremes.ts";
import type { PartsMutation } from "../fuzz-format.ts";
import { flipBits } from "../mutate-bytes.ts";
import { findParts, makePart, type Part } from "../part.ts";
import type { Random } from "../random.ts";
import { encodeLzw } from "./gif-lzw.ts";
import {
  CHAIN_END,
  CODE_SIZE,
  EXTENSION,
  IMAGE,
  makeSubBlocks,
  SCREEN,
  SUB_BLOCK,
} from "./gif-parts.ts";

const IMAGE_FIELDS = [
  { name: "left", at: 1 },
  { name: "top", at: 3 },
  { name: "width", at: 5 },
  { name: "height", at: 7 },
] as const;
const MAX_INDICES = 100_000;

export const GIF_MUTATIONS: readonly PartsMutation[] = [
  (parts, random) => {
    const [screen] = findParts(parts, SCREEN);
    if (!screen) return undefined;
    const at = random.pick([6, 8]);
    const value = pickExtreme(random, readLE(screen.data, at, 2));
    screen.data = overwrite(screen.data, at, littleEndian(value, 2));
    return `set the ${at === 6 ? "width" : "height"} of the screen to ${value}`;
  },
  (parts, random) => {
    const image = random.pick(findParts(parts, IMAGE));
    const field = random.pick(IMAGE_FIELDS);
    if (!image || !field) return undefined;
    const value = pickExtreme(random, readLE(image.head, field.at, 2));
    image.head = overwrite(image.head, field.at, littleEndian(value, 2));
    return `set ${field.name} of an image to ${value}`;
  },
  (parts, random) => {
    const image = random.pick(findParts(parts, IMAGE));
    if (!image) return undefined;
    image.head = overwrite(image.head, 9, Uint8Array.of(random.pick([0, 0x40, 0x80, 0x87, 0xc0])));
    return "changed the flags of an image";
  },
  (parts, random) => {
    const codeSize = random.pick(findParts(parts, CODE_SIZE));
    if (!codeSize) return undefined;
    const value = random.pick([0, 1, 2, 3, 4, 7, 8, 9, 11, 12, 13, 255]);
    codeSize.data = Uint8Array.of(value);
    return `set a code size of ${value}`;
  },
  changeStream("cut it into other sub-blocks", (stream) => stream),
  changeStream("flipped bits of the codes", flipBits),
  changeStream("cut the codes", (stream, random) => stream.slice(0, random.below(stream.length))),
  changeStream("repeated codes", (stream, random) => {
    const at = random.below(stream.length);
    const piece = stream.subarray(at, at + random.between(1, 40));
    return concat([stream.subarray(0, at), ...Array(random.between(2, 200)).fill(piece)]);
  }),
  changeStream("filled the codes with one value", (stream, random) =>
    new Uint8Array(random.pick([10, 1000, 30_000]) + (stream.length & 1)).fill(
      random.pick([0, 0x55, 0xaa, 0xff]),
    ),
  ),
  (parts, random) => {
    const image = random.pick(findParts(parts, IMAGE));
    if (!image?.children) return undefined;
    const width = readLE(image.head, 5, 2);
    const height = readLE(image.head, 7, 2);
    const count = Math.min(MAX_INDICES, width * height + random.pick([-1, 0, 0, 1, 5000]));
    const minCodeSize = random.between(2, 8);
    const flat = random.chance(40);
    const indices = Uint8Array.from({ length: Math.max(0, count) }, () =>
      flat ? 1 : random.below(1 << minCodeSize),
    );
    const codes = encodeLzw(indices, minCodeSize, { keepTable: random.chance(50) });
    replaceStream(image, codes, random);
    for (const part of image.children) {
      if (part.type === CODE_SIZE) part.data = Uint8Array.of(minCodeSize);
    }
    return `encoded ${count} ${flat ? "equal" : "random"} pixels with ${minCodeSize} bits`;
  },
  (parts, random) => {
    const data = Uint8Array.of(random.pick([0, 1, 4, 8, 9, 13]), 10, 0, random.below(256));
    const children = makeSubBlocks(data);
    const control = makePart(EXTENSION, undefined, { head: Uint8Array.of(0x21, 0xf9), children });
    parts.splice(random.between(1, parts.length), 0, control);
    return "inserted a graphic control extension";
  },
];

function changeStream(
  name: string,
  change: (stream: Uint8Array, random: Random) => Uint8Array,
): PartsMutation {
  return (parts, random) => {
    const image = random.pick(findParts(parts, IMAGE));
    const stream = concat(findParts(image?.children ?? [], SUB_BLOCK).map(({ data }) => data));
    if (!image || stream.length === 0) return undefined;
    replaceStream(image, change(stream, random), random);
    return name;
  };
}

function replaceStream(image: Part, stream: Uint8Array, random: Random): void {
  const most = random.pick([255, 255, 254, 100, 3, 1]);
  const kept = (image.children ?? []).filter(
    ({ type }) => type !== SUB_BLOCK && type !== CHAIN_END,
  );
  image.children = [...kept, ...makeSubBlocks(stream, most)];
}
