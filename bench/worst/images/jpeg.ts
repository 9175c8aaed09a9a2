/** JPEG files (ITU-T T.81) whose few bytes stand for many blocks, scans or segments. */
import { defineImageMaker } from "../maker.ts";
import { repeatBits } from "./repeat.ts";

const SOF0 = 0xc0;
const SOF2 = 0xc2;
const DHT = 0xc4;
const SOS = 0xda;
const DQT = 0xdb;
const DRI = 0xdd;
const COM = 0xfe;
const START = Buffer.from([0xff, 0xd8]);
const END = Buffer.from([0xff, 0xd9]);
/** A run of this many blocks without coefficients is 15 zero bits with the tables below. */
const BLOCKS_IN_RUN = 16_384;
const MAX_BYTES = 10_485_760;

/** AC codes of a progressive scan: 0 starts a run of 16,384 blocks, 10 a coefficient of one bit. */
const PROGRESSIVE_AC = [0xe0, 0x01];
/** AC codes of a baseline scan: 0 ends the block, 10 is followed by a coefficient of one bit. */
const BASELINE_AC = [0x00, 0x01];

export const baselineJpeg = defineImageMaker({
  name: "jpeg-baseline",
  ranges: {
    width: { min: 8, max: 65_500 },
    height: { min: 8, max: 65_500 },
    components: { choices: [1, 3, 4] },
    coefficients: { min: 0, max: 63 },
    restartInterval: { min: 0, max: 1000 },
    comments: { min: 0, max: 2_500_000 },
    tables: { min: 0, max: 400_000 },
  },
  starts: [
    { ...flat(10_000, 10_000, 3), comments: 0, tables: 0 },
    { ...flat(10_000, 10_000, 1), comments: 0, tables: 0 },
    { ...flat(5200, 5200, 1), coefficients: 63, comments: 0, tables: 0 },
    { ...flat(6000, 6000, 3), coefficients: 4, restartInterval: 1, comments: 0, tables: 0 },
    { ...flat(64, 64, 1), comments: 2_500_000, tables: 0 },
    { ...flat(64, 64, 1), comments: 0, tables: 400_000 },
  ],
  make({ width, height, components, coefficients, restartInterval, comments, tables }) {
    const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
    const block = `0${"101".repeat(coefficients)}${coefficients < 63 ? "0" : ""}`;
    const mcu = block.repeat(components);
    const ids = Array.from({ length: components }, (_, i) => i + 1);
    const table = huffmanTable(0x10, BASELINE_AC);
    return cut([
      START,
      Buffer.alloc(comments * 4, segment(COM, [])),
      ...frame(SOF0, width, height, ids),
      huffmanTable(0x00, [0x00]),
      table,
      Buffer.alloc(tables * table.length, table),
      ...(restartInterval > 0 ? [segment(DRI, uint16(restartInterval))] : []),
      scan(ids, 0, 63, 0),
      restartInterval > 0 ? restarted(mcu, blocks, restartInterval) : repeatBits(mcu, blocks),
      END,
    ]);
  },
});

export const progressiveJpeg = defineImageMaker({
  name: "jpeg-progressive",
  ranges: {
    width: { min: 8, max: 65_500 },
    height: { min: 8, max: 65_500 },
    components: { choices: [1, 3] },
    scans: { min: 0, max: 400_000 },
    /** What the scans after the first one carry. */
    scanKind: { choices: ["ac-first", "ac-refine", "dc-refine"] },
    /** The last coefficient of an AC scan. */
    lastCoefficient: { min: 1, max: 63 },
    coefficients: { min: 0, max: 63 },
    /** Whether the scans have data; a decoder takes missing data for zeros. */
    data: { choices: [true, false] },
  },
  starts: [
    many(4000, 3000, 500, "ac-refine"),
    many(4000, 3000, 100, "dc-refine"),
    many(4000, 3000, 300, "ac-first"),
    many(5200, 5200, 12, "ac-refine"),
    { ...many(3200, 3200, 10, "ac-refine"), coefficients: 63 },
    { ...many(4000, 3000, 500, "ac-refine"), data: false },
    { ...many(500, 400, 5000, "ac-refine"), components: 3 },
  ],
  make(params) {
    const { width, height, components, scans, scanKind, lastCoefficient, data } = params;
    const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
    const ids = Array.from({ length: components }, (_, i) => i + 1);
    const runs = Math.ceil(blocks / BLOCKS_IN_RUN);
    const ac = data ? repeatBits("0".repeat(15), runs) : Buffer.alloc(0);
    const dc = data ? repeatBits("0".repeat(components), blocks) : Buffer.alloc(0);
    const repeated = {
      "ac-first": [scan([1], 1, lastCoefficient, 0), ac],
      "ac-refine": [scan([1], 1, lastCoefficient, 0x10), ac],
      "dc-refine": [scan(ids, 0, 0, 0x10), dc],
    }[scanKind] as Buffer[];
    const once = Buffer.concat(repeated);
    const count = Math.min(scans, Math.floor(MAX_BYTES / once.length));
    return cut([
      START,
      ...frame(SOF2, width, height, ids),
      huffmanTable(0x00, [0x00]),
      huffmanTable(0x10, PROGRESSIVE_AC),
      scan(ids, 0, 0, 1),
      repeatBits("0".repeat(components), blocks),
      ...(params.coefficients > 0 ? fillBlocks(blocks, params.coefficients) : []),
      Buffer.alloc(once.length * count, once),
      END,
    ]);
  },
});

function flat(width: number, height: number, components: number) {
  return { width, height, components, coefficients: 0, restartInterval: 0 };
}

function many(width: number, height: number, scans: number, scanKind: string) {
  const params = { width, height, components: 1, scans, scanKind };
  return { ...params, lastCoefficient: 63, coefficients: 0, data: true };
}

/** A scan that gives every block coefficients other than 0, so that later scans must refine them. */
function fillBlocks(blocks: number, coefficients: number): Buffer[] {
  return [scan([1], 1, coefficients, 1), repeatBits("101".repeat(coefficients), blocks)];
}

/** The data of a scan with a restart marker after every `interval` MCUs. */
function restarted(mcu: string, mcus: number, interval: number): Buffer {
  const data = repeatBits(mcu, interval);
  const cycle = Array.from({ length: 8 }, (_, i) => [data, Buffer.from([0xff, 0xd0 + i])]);
  const eight = Buffer.concat(cycle.flat());
  const markers = Math.ceil(mcus / interval) - 1;
  const step = eight.length / 8;
  if (markers * step > MAX_BYTES) return Buffer.alloc(MAX_BYTES, eight);
  const rest = repeatBits(mcu, mcus - markers * interval);
  return Buffer.concat([Buffer.alloc(markers * step, eight), rest]);
}

function frame(marker: number, width: number, height: number, ids: readonly number[]): Buffer[] {
  const components = ids.flatMap((id) => [id, 0x11, 0]);
  const size = [...uint16(height), ...uint16(width)];
  return [
    segment(DQT, [0, ...Array.from({ length: 64 }, () => 16)]),
    segment(marker, [8, ...size, ids.length, ...components]),
  ];
}

/** Gives the first value the code 0, the second one 10. */
function huffmanTable(target: number, values: readonly number[]): Buffer {
  const counts = Array.from({ length: 16 }, (_, i) => (i < values.length ? 1 : 0));
  return segment(DHT, [target, ...counts, ...values]);
}

function scan(ids: readonly number[], from: number, to: number, approximation: number): Buffer {
  const components = ids.flatMap((id) => [id, 0x00]);
  return segment(SOS, [ids.length, ...components, from, to, approximation]);
}

function segment(marker: number, data: readonly number[]): Buffer {
  return Buffer.from([0xff, marker, ...uint16(data.length + 2), ...data]);
}

function uint16(value: number): [number, number] {
  return [value >> 8, value & 255];
}

/** Larger files would be refused for their length alone. */
function cut(parts: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(parts);
  return bytes.length <= MAX_BYTES
    ? bytes
    : Buffer.concat([bytes.subarray(0, MAX_BYTES - END.length), END]);
}
