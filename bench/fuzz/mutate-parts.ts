/** Changes that every format with parts allows: duplicate, drop, move, resize, misstate, exchange. */
import { concat } from "./bytes.ts";
import { pickExtreme } from "./extremes.ts";
import type { PartsMutation } from "./fuzz-format.ts";
import { flipBits, writeExtreme } from "./mutate-bytes.ts";
import { copyPart, findPlaces, type Part, type Place } from "./part.ts";
import type { Random } from "./random.ts";

/** Copies of a part take at most so many bytes. */
const MAX_COPIES_BYTES = 100_000;
const MAX_COPIES = 2000;

export const PARTS_MUTATIONS: readonly PartsMutation[] = [
  duplicate,
  drop,
  move,
  exchange,
  resize,
  resize,
  claimLength,
  claimLength,
  claimLength,
  changeType,
  takeFromDonor,
  changeContent((data, random) => flipBits(data, random), "flipped bits in"),
  changeContent((data, random) => writeExtreme(data, random), "wrote an extreme number into"),
  changeContent((data, random) => random.bytes(data.length), "filled with random bytes"),
];

function duplicate(parts: Part[], random: Random): string | undefined {
  const place = pickPlace(parts, random);
  if (!place) return undefined;
  const copies = random.chance(20)
    ? Math.min(MAX_COPIES, Math.ceil(MAX_COPIES_BYTES / sizeOf(place.part)))
    : random.between(1, 4);
  const at = random.chance(70) ? place.index : random.below(place.list.length + 1);
  place.list.splice(at, 0, ...Array.from({ length: copies }, () => copyPart(place.part)));
  return `added ${copies} copies of ${place.part.type}`;
}

function drop(parts: Part[], random: Random): string | undefined {
  const place = pickPlace(parts, random);
  if (!place) return undefined;
  place.list.splice(place.index, 1);
  return `dropped ${place.part.type}`;
}

function move(parts: Part[], random: Random): string | undefined {
  const place = pickPlace(parts, random);
  const target = pickPlace(parts, random);
  if (!place || !target) return undefined;
  place.list.splice(place.index, 1);
  // Mostly within its list; sometimes to another depth. A part may not be moved into itself.
  const inside = place.part.children && findPlaces(place.part.children);
  const free = !inside?.some(({ list }) => list === target.list);
  const list = random.chance(20) && free ? target.list : place.list;
  list.splice(random.below(list.length + 1), 0, place.part);
  return `moved ${place.part.type}`;
}

function exchange(parts: Part[], random: Random): string | undefined {
  const place = pickPlace(parts, random);
  if (!place || place.list.length < 2) return undefined;
  const other = random.below(place.list.length);
  const second = place.list[other] as Part;
  place.list[other] = place.part;
  place.list[place.index] = second;
  return `exchanged ${place.part.type} and ${second.type}`;
}

function resize(parts: Part[], random: Random): string | undefined {
  const place = pickPlace(parts, random, ({ children }) => !children);
  if (!place) return undefined;
  const { part } = place;
  const before = part.data.length;
  if (random.chance(50)) part.data = part.data.slice(0, random.below(before));
  else {
    const added = random.pick([1, 2, 3, 16, 255, 256, 5000]);
    const piece = random.chance(50) ? random.bytes(added) : new Uint8Array(added);
    part.data = concat([part.data, piece]);
  }
  return `resized ${part.type} from ${before} to ${part.data.length} bytes`;
}

function claimLength(parts: Part[], random: Random): string | undefined {
  const place = pickPlace(parts, random);
  if (!place) return undefined;
  place.part.claimedLength = pickExtreme(random, sizeOf(place.part));
  return `claimed a length of ${place.part.claimedLength} for ${place.part.type}`;
}

function changeType(parts: Part[], random: Random): string | undefined {
  const place = pickPlace(parts, random);
  const other = pickPlace(parts, random);
  if (!place || !other) return undefined;
  const before = place.part.type;
  place.part.type = other.part.type;
  return `renamed ${before} to ${other.part.type}`;
}

function takeFromDonor(parts: Part[], random: Random, donor: Part[]): string | undefined {
  const place = pickPlace(parts, random);
  if (!place) return undefined;
  const same = findPlaces(donor, ({ type }) => type === place.part.type);
  const taken = random.pick(same.length > 0 && random.chance(70) ? same : findPlaces(donor));
  if (!taken) return undefined;
  const replaced = random.chance(60) ? 1 : 0;
  place.list.splice(place.index, replaced, copyPart(taken.part));
  return `${replaced ? "replaced" : "preceded"} ${place.part.type} by ${taken.part.type} of another file`;
}

function changeContent(
  change: (data: Uint8Array, random: Random) => Uint8Array,
  name: string,
): PartsMutation {
  return (parts, random) => {
    const place = pickPlace(parts, random, ({ data, head }) => data.length + head.length > 0);
    if (!place) return undefined;
    const { part } = place;
    const inHead = part.data.length === 0 || (part.head.length > 0 && random.chance(30));
    if (inHead) part.head = change(part.head, random);
    else part.data = change(part.data, random);
    return `${name} ${part.type}`;
  };
}

function pickPlace(
  parts: Part[],
  random: Random,
  condition?: (part: Part) => boolean,
): Place | undefined {
  // A file that is one part at the top would mostly be changed as a whole.
  const [root] = parts;
  const inside = parts.length === 1 && root?.children && random.chance(85);
  return random.pick(findPlaces(inside ? (root.children as Part[]) : parts, condition));
}

function sizeOf({ head, data, children }: Part): number {
  const own = head.length + data.length;
  return (children ?? []).reduce((sum, child) => sum + 8 + sizeOf(child), own);
}
