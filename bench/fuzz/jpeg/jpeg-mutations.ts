/** Changes to a JPEG that know its frame header, tables and scans. */
import { bigEndian, concat, latin1, overwrite, readBE } from "../bytes.ts";
import { pickExtreme } from "../extremes.ts";
import type { PartsMutation } from "../fuzz-format.ts";
import { makeExif } from "../make-exif.ts";
import { flipBits } from "../mutate-bytes.ts";
import { copyPart, findParts, makePart, type Part } from "../part.ts";
import type { Random } from "../random.ts";
import { DHT, DQT, DRI, EOI, makeExifSegment, markerType, SCAN_DATA, SOS } from "./jpeg-parts.ts";

/** All frame headers: baseline, extended, progressive, lossless, hierarchical, arithmetic. */
const FRAMES = [0, 1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15].map((n) => markerType(0xc0 + n));
const SAMPLINGS = [0x11, 0x12, 0x21, 0x22, 0x41, 0x14, 0x44, 0x13, 0x31, 0x00, 0xff] as const;
const MAX_SCANS_BYTES = 200_000;

export const JPEG_MUTATIONS: readonly PartsMutation[] = [
  changeData(FRAMES, "changed a side of the frame", (data, random) => {
    const at = random.pick([1, 3]);
    return overwrite(data, at, bigEndian(pickExtreme(random, readBE(data, at, 2)), 2));
  }),
  changeData(FRAMES, "changed the sampling of a component", (data, random) => {
    const component = random.below(data[5] ?? 1);
    return overwrite(data, 7 + component * 3, Uint8Array.of(random.pick(SAMPLINGS)));
  }),
  changeData(FRAMES, "changed the table or id of a component", (data, random) => {
    const at = 6 + random.below(data[5] ?? 1) * 3 + random.pick([0, 2]);
    return overwrite(data, at, Uint8Array.of(random.pick([0, 1, 2, 3, 4, 82, 255])));
  }),
  changeData(FRAMES, "changed the number of components", (data, random) => {
    const count = random.pick([0, 1, 2, 3, 4, 5, 255]);
    const components = Array.from({ length: Math.min(count, 10) }, (_, i) =>
      Uint8Array.of(i + 1, random.pick(SAMPLINGS), random.below(4)),
    );
    return concat([data.subarray(0, 5), Uint8Array.of(count), ...components]);
  }),
  changeData(FRAMES, "changed the precision", (data, random) =>
    overwrite(data, 0, Uint8Array.of(random.pick([0, 1, 2, 12, 16, 255]))),
  ),
  (parts, random) => {
    const [frame] = findParts(parts, ...FRAMES);
    if (!frame) return undefined;
    frame.type = random.pick(FRAMES) ?? frame.type;
    return `changed the frame to ${frame.type}`;
  },
  changeData([DHT], "changed the code lengths of a Huffman table", (data, random) => {
    const copy = data.slice();
    for (let i = random.between(1, 4); i > 0; i--) {
      copy[1 + random.below(16)] = random.pick([0, 1, 2, 3, 16, 255]);
    }
    return copy;
  }),
  changeData([DHT], "changed symbols of a Huffman table", (data, random) =>
    concat([data.subarray(0, 17), flipBits(data.subarray(17), random)]),
  ),
  changeData([DHT, DQT], "changed the number of a table", (data, random) =>
    overwrite(data, 0, Uint8Array.of(random.pick([0, 1, 2, 3, 0x10, 0x11, 0x13, 0x14, 0xff]))),
  ),
  changeData([DQT], "changed a quantization table", (data, random) =>
    overwrite(data, random.between(1, 64), random.bytes(random.between(1, 64))),
  ),
  changeData([SOS], "changed the spectral selection of a scan", (data, random) => {
    const value = random.pick([0, 1, 5, 62, 63, 64, 255]);
    return overwrite(data, data.length - random.pick([2, 3]), Uint8Array.of(value));
  }),
  changeData([SOS], "changed the approximation of a scan", (data, random) => {
    const value = random.pick([0, 0x01, 0x10, 0x21, 0x0d, 0xd0, 0xe0, 0xff]);
    return overwrite(data, data.length - 1, Uint8Array.of(value));
  }),
  changeData([SOS], "changed the components of a scan", (data, random) => {
    const count = random.pick([0, 1, 1, 2, 3, 4, 5]);
    const components = Array.from({ length: count }, () =>
      Uint8Array.of(random.between(0, 4), random.pick([0, 0x11, 0x01, 0x33, 0xff])),
    );
    return concat([Uint8Array.of(count), ...components, data.subarray(-3)]);
  }),
  changeData([SCAN_DATA], "flipped bits of the scan data", flipBits),
  changeData([SCAN_DATA], "cut the scan data", (data, random) =>
    data.slice(0, random.below(data.length)),
  ),
  changeData([SCAN_DATA], "filled the scan data with one value", (data, random) =>
    new Uint8Array(random.pick([data.length, 10, 20_000])).fill(random.pick([0, 0x55, 0xaa, 0xfe])),
  ),
  changeData([SCAN_DATA], "wrote markers into the scan data", (data, random) => {
    const marker = random.pick([0xd0, 0xd3, 0xd7, 0xd9, 0xda, 0xc4, 0xff, 0x01]);
    return overwrite(data, random.below(data.length), Uint8Array.of(0xff, marker));
  }),
  (parts, random) => {
    const scan = random.pick(scansOf(parts));
    if (!scan) return undefined;
    const bytes = scan.parts.reduce((sum, { data }) => sum + data.length + 4, 0);
    const most = Math.min(1000, Math.ceil(MAX_SCANS_BYTES / bytes));
    const copies = random.pick([1, 2, 10, most]);
    const added = Array.from({ length: copies }, () => scan.parts.map(copyPart)).flat();
    parts.splice(scan.end, 0, ...added);
    return `repeated a scan ${copies} times`;
  },
  (parts, random) => {
    const [frame] = findParts(parts, ...FRAMES);
    const scan = scansOf(parts).at(-1);
    if (!frame || !scan) return undefined;
    const side = random.pick([1000, 2000, 4000, 9000]);
    frame.data = overwrite(frame.data, 1, concat([bigEndian(side, 2), bigEndian(side, 2)]));
    const count = random.pick([0, 10, 300]);
    // A scan of a few bytes makes a decoder go through all of a large picture.
    const [header] = scan.parts;
    const short = [...(header ? [header] : []), makePart(SCAN_DATA, new Uint8Array(10))];
    parts.splice(scan.end, 0, ...Array.from({ length: count }, () => short.map(copyPart)).flat());
    return `added ${count} short scans to a picture of ${side}x${side}`;
  },
  (parts, random) => {
    const scan = random.pick(scansOf(parts));
    if (!scan) return undefined;
    parts.splice(scan.start, scan.end - scan.start);
    return "dropped a scan";
  },
  (parts, random) => {
    const scans = scansOf(parts);
    const scan = random.pick(scans);
    const before = random.pick(scans);
    if (!scan || !before || scan === before) return undefined;
    const later = Math.max(scan.start, before.start);
    const earlier = Math.min(scan.start, before.start);
    const moved = parts.splice(
      later,
      later === scan.start ? scan.parts.length : before.parts.length,
    );
    parts.splice(earlier, 0, ...moved);
    return "moved a scan before another one";
  },
  (parts, random) => {
    const interval = random.pick([0, 1, 2, 8, 1000, 65_535]);
    insertBeforeScan(parts, makePart(DRI, bigEndian(interval, 2)));
    return `set a restart interval of ${interval}`;
  },
  (parts, random) => {
    const adobe = concat([latin1("Adobe\0d\0\0\0\0\0"), Uint8Array.of(random.below(4))]);
    const segment = random.pick([
      makeExifSegment(makeExif(random.below(10))),
      makePart(markerType(0xee), adobe),
      makePart(markerType(0xe2), concat([latin1("ICC_PROFILE\0"), random.bytes(300)])),
      makePart(markerType(0xfe), random.bytes(random.pick([0, 1, 60_000]))),
      makePart(markerType(0xcc), Uint8Array.of(0, 0x10)),
      makePart(markerType(0xdc), bigEndian(pickExtreme(random, 48), 2)),
    ]);
    const copies = random.chance(10) ? 50 : 1;
    for (let i = 0; i < copies; i++) insertBeforeScan(parts, copyPart(segment));
    return `inserted ${copies} ${segment.type}`;
  },
  (parts) => {
    const at = parts.findLastIndex(({ type }) => type === EOI);
    if (at < 0) return undefined;
    parts.splice(at, 1);
    return "dropped the end marker";
  },
];

function changeData(
  types: readonly string[],
  name: string,
  change: (data: Uint8Array, random: Random) => Uint8Array,
): PartsMutation {
  return (parts, random) => {
    const part = random.pick(findParts(parts, ...types).filter(({ data }) => data.length > 0));
    if (!part) return undefined;
    part.data = change(part.data, random);
    return name;
  };
}

/** Every scan header with the data after it, restart markers included. */
function scansOf(parts: readonly Part[]) {
  return parts.flatMap(({ type }, start) => {
    if (type !== SOS) return [];
    let end = start + 1;
    while (/^(?:scan data|ffd[0-7])$/.test(parts[end]?.type ?? "")) end++;
    return [{ start, end, parts: parts.slice(start, end) }];
  });
}

function insertBeforeScan(parts: Part[], part: Part): void {
  const at = parts.findIndex(({ type }) => type === SOS);
  parts.splice(at < 0 ? parts.length : at, 0, part);
}
