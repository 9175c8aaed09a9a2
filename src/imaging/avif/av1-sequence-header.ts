/** The sequence header of AV1 (AV1 bitstream specification, sections 5.5.1 to 5.5.4). */
import { BitReader } from "./bit-reader.ts";

/** How colours are coded: code points of ITU-T H.273, and whether levels use the full range. */
export type ColourCoding = {
  readonly primaries: number;
  readonly transfer: number;
  readonly matrix: number;
  readonly fullRange: boolean;
};

export type SequenceHeader = {
  readonly profile: number;
  /** Of every operating point, with the position of its 5 bits. */
  readonly levels: readonly { readonly level: number; readonly bit: number }[];
  /** The largest frame, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly depth: 8 | 10 | 12;
  readonly monochrome: boolean;
  /** Whether chroma has half the width, half the height. */
  readonly subsampledX: boolean;
  readonly subsampledY: boolean;
  readonly chromaPosition: number;
  readonly colour: ColourCoding;
  readonly filmGrain: boolean;
};

const UNSPECIFIED = 2;
/** A value for "the encoder chooses for each frame". */
const CHOOSE = 2;

/** @returns undefined if the header is cut short */
export function readSequenceHeader(data: Uint8Array): SequenceHeader | undefined {
  const bits = new BitReader(data);
  const profile = bits.read(3);
  bits.flag(); // still_picture
  const reduced = bits.flag();
  const levels = reduced ? [readLevel(bits)] : readOperatingPoints(bits);
  const widthBits = bits.read(4) + 1;
  const heightBits = bits.read(4) + 1;
  const width = bits.read(widthBits) + 1;
  const height = bits.read(heightBits) + 1;
  if (!reduced && bits.flag()) bits.read(7); // Lengths of frame ids.
  bits.read(3); // use_128x128_superblock, enable_filter_intra, enable_intra_edge_filter
  if (!reduced) skipInterTools(bits);
  bits.read(3); // enable_superres, enable_cdef, enable_restoration
  const colour = readColourConfig(bits, profile);
  const filmGrain = bits.flag();
  return bits.pastEnd ? undefined : { profile, levels, width, height, ...colour, filmGrain };
}

function readLevel(bits: BitReader) {
  const bit = bits.position;
  return { level: bits.read(5), bit };
}

function readOperatingPoints(bits: BitReader) {
  let delayBits = 0;
  if (bits.flag()) {
    bits.read(64); // num_units_in_display_tick, time_scale
    if (bits.flag()) bits.skipUvlc(); // num_ticks_per_picture_minus_1
    if (bits.flag()) {
      delayBits = bits.read(5) + 1;
      bits.read(42); // num_units_in_decoding_tick, and two lengths of 5 bits
    }
  }
  const displayDelay = bits.flag();
  const count = bits.read(5) + 1;
  return Array.from({ length: count }, () => {
    bits.read(12); // operating_point_idc
    const level = readLevel(bits);
    if (level.level > 7) bits.flag(); // seq_tier
    if (delayBits > 0 && bits.flag()) bits.read(delayBits * 2 + 1);
    if (displayDelay && bits.flag()) bits.read(4);
    return level;
  });
}

function skipInterTools(bits: BitReader): void {
  bits.read(4); // Compound prediction, warped motion, dual filter.
  const orderHint = bits.flag();
  if (orderHint) bits.read(2);
  const screenContent = bits.flag() ? CHOOSE : bits.read(1);
  if (screenContent > 0 && !bits.flag()) bits.read(1);
  if (orderHint) bits.read(3);
}

function readColourConfig(bits: BitReader, profile: number) {
  const high = bits.flag();
  const twelve = profile === 2 && high && bits.flag();
  const depth: SequenceHeader["depth"] = twelve ? 12 : high ? 10 : 8;
  const monochrome = profile !== 1 && bits.flag();
  const [primaries, transfer, matrix] = bits.flag()
    ? [bits.read(8), bits.read(8), bits.read(8)]
    : [UNSPECIFIED, UNSPECIFIED, UNSPECIFIED];
  const rgb = !monochrome && primaries === 1 && transfer === 13 && matrix === 0;
  const fullRange = rgb || bits.flag();
  const [subsampledX, subsampledY] = rgb
    ? [false, false]
    : monochrome
      ? [true, true]
      : readSubsampling(bits, profile, twelve);
  const chromaPosition = !monochrome && subsampledX && subsampledY ? bits.read(2) : 0;
  if (!monochrome) bits.flag(); // separate_uv_delta_q
  const colour = { primaries, transfer, matrix, fullRange };
  return { depth, monochrome, subsampledX, subsampledY, chromaPosition, colour };
}

function readSubsampling(bits: BitReader, profile: number, twelve: boolean): [boolean, boolean] {
  if (profile === 0) return [true, true];
  if (profile === 1) return [false, false];
  if (!twelve) return [true, false];
  const x = bits.flag();
  return [x, x && bits.flag()];
}
