/** Changes to an AVIF that know its items, their properties, and the headers of their pictures. */
import { bigEndian, concat, latin1, overwrite, readBE } from "../bytes.ts";
import { pickExtreme } from "../extremes.ts";
import type { PartsMutation } from "../fuzz-format.ts";
import { flipBits } from "../mutate-bytes.ts";
import { findParts, makePart, type Part } from "../part.ts";
import type { Random } from "../random.ts";
import { type ItemLocation, readItemLocations, writeItemLocations } from "./item-locations.ts";

/** The first bytes of the coded picture: the OBU headers, the sequence and the frame header. */
const HEADER_BYTES = 40;

export const AVIF_MUTATIONS: readonly PartsMutation[] = [
  (parts, random) => {
    const boxes = findParts(parts, "ispe");
    if (boxes.length === 0) return undefined;
    const at = random.pick([4, 8]);
    const value = pickExtreme(random, readBE(boxes[0]?.data as Uint8Array, at, 4));
    const changed = random.chance(50) ? boxes : [random.pick(boxes) as Part];
    for (const box of changed) box.data = overwrite(box.data, at, bigEndian(value, 4));
    return `set a side of ${changed.length} ispe to ${value}`;
  },
  changeBox("av1C", (data, random) => overwrite(data, random.below(4), random.bytes(1))),
  changeBox("av1C", flipBits),
  changeBox("pixi", (data, random) => overwrite(data, 4, random.bytes(4))),
  changeBox("colr", (data, random) => overwrite(data, random.below(11), random.bytes(2))),
  changeBox("auxC", (data, random) =>
    random.chance(50)
      ? concat([data.subarray(0, 4), latin1("urn:mpeg:hevc:2015:auxid:1\0")])
      : flipBits(data, random),
  ),
  changeBox("pitm", (data, random) => overwrite(data, 4, bigEndian(random.below(6), 2))),
  changeBox("infe", (data, random) => {
    const type = random.pick(["grid", "av01", "Exif", "mime", "iden", "iovl", "tmap", "hvc1"]);
    return overwrite(data, 8, latin1(type));
  }),
  changeBox("ipma", (data, random) =>
    overwrite(data, random.between(8, data.length - 1), random.bytes(1)),
  ),
  changeBox("ipma", (data, random) => overwrite(data, 4, bigEndian(pickExtreme(random, 2), 4))),
  changeBox("ftyp", (data, random) =>
    concat([data, latin1(random.pick(["avis", "msf1", "tmap", "heic", "mif1"]))]),
  ),
  addProperty,
  changeLocations("emptied an item", (item) => ({ ...item, extents: [] })),
  changeLocations("set an extreme extent", (item, random) => ({
    ...item,
    extents: item.extents.map((extent) =>
      random.chance(50)
        ? { ...extent, offset: pickExtreme(random, extent.offset) }
        : { ...extent, length: pickExtreme(random, extent.length) },
    ),
  })),
  changeLocations("cut an item into extents", (item, random) => ({
    ...item,
    extents: item.extents.flatMap(({ offset, length }) => {
      const first = random.below(length);
      return [
        { offset, length: first },
        { offset: offset + first, length: length - first },
      ];
    }),
  })),
  changeLocations("repeated the extents of an item", (item, random) => ({
    ...item,
    extents: Array<typeof item.extents>(random.pick([2, 10, 3000]))
      .fill(item.extents)
      .flat(),
  })),
  changeLocations("moved an item into idat", (item) => ({ ...item, method: 1 })),
  changeItemData("flipped bits of the OBU headers", (data, start, random) =>
    concat([
      data.subarray(0, start),
      flipBits(data.subarray(start, start + HEADER_BYTES), random),
      data.subarray(start + HEADER_BYTES),
    ]),
  ),
  changeItemData("flipped a bit of the sequence header", (data, start, random) => {
    const at = start + random.between(2, 14);
    return overwrite(data, at, Uint8Array.of((data[at] ?? 0) ^ (1 << random.below(8))));
  }),
  changeItemData("set the length of an OBU", (data, start, random) =>
    overwrite(data, start + 1, Uint8Array.of(random.pick([0, 1, 127, 128, 255]))),
  ),
  changeItemData("changed the type of an OBU", (data, start, random) =>
    overwrite(data, start, Uint8Array.of((random.below(16) << 3) | random.pick([0, 2, 6]))),
  ),
  changeItemData("cleared the rest of the data", (data, start, random) => {
    const copy = data.slice();
    return copy.fill(random.pick([0, 0xff]), start + random.below(copy.length - start));
  }),
];

function changeBox(
  type: string,
  change: (data: Uint8Array, random: Random) => Uint8Array,
): PartsMutation {
  return (parts, random) => {
    const box = random.pick(findParts(parts, type).filter(({ data }) => data.length >= 4));
    if (!box) return undefined;
    box.data = change(box.data, random);
    return `changed ${type}`;
  };
}

/** Adds a rotation, mirror image, crop, or an unknown property that must be understood, to an item. */
function addProperty(parts: Part[], random: Random): string | undefined {
  const [properties] = findParts(parts, "ipco");
  const [associations] = findParts(parts, "ipma");
  if (!properties?.children || !associations) return undefined;
  const fraction = () => concat([bigEndian(pickExtreme(random, 20), 4), bigEndian(1, 4)]);
  const box = random.pick([
    makePart("irot", Uint8Array.of(random.below(5))),
    makePart("imir", Uint8Array.of(random.below(3))),
    makePart("clap", concat([fraction(), fraction(), fraction(), fraction()])),
    makePart("pasp", random.bytes(8)),
    makePart("a1op", Uint8Array.of(random.below(32))),
    makePart("lsel", random.bytes(2)),
    makePart("a1lx", random.bytes(7)),
    makePart("abcd", random.bytes(4)),
  ]);
  properties.children.push(box);
  // The first item gets one more association. It is in front, or at the end of its list.
  const { data } = associations;
  const count = data[10] ?? 0;
  const at = random.chance(50) ? 11 : 11 + count;
  const association = Uint8Array.of(properties.children.length | (random.chance(70) ? 0x80 : 0));
  const before = overwrite(data.slice(0, at), 10, Uint8Array.of(count + 1));
  associations.data = concat([before, association, data.subarray(at)]);
  return `added ${box.type} to an item`;
}

function changeLocations(
  name: string,
  change: (item: ItemLocation, random: Random) => ItemLocation,
): PartsMutation {
  return (parts, random) => {
    const [box] = findParts(parts, "iloc");
    const items = box && readItemLocations(box.data);
    if (!items || items.length === 0) return undefined;
    const chosen = random.below(items.length);
    const changed = items.map((item, i) => (i === chosen ? change(item, random) : item));
    const needsMethod = changed.some(({ method }) => method !== 0);
    box.data = writeItemLocations(changed, needsMethod ? 1 : box.data[0]);
    return name;
  };
}

/** Changes the media data at the start of an item. */
function changeItemData(
  name: string,
  change: (data: Uint8Array, start: number, random: Random) => Uint8Array,
): PartsMutation {
  return (parts, random) => {
    const [media] = findParts(parts, "mdat");
    const [iloc] = findParts(parts, "iloc");
    const item = random.pick((iloc && readItemLocations(iloc.data)) ?? []);
    const start = (item?.extents[0]?.offset ?? 0) - (media?.origin ?? 0);
    if (!media || start < 0 || start >= media.data.length) return undefined;
    media.data = change(media.data, start, random);
    return name;
  };
}
