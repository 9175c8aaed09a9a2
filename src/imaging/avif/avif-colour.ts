/** Which colours the decoder converts, and which are converted here (ITU-T H.273). */
import { unsupportedVariant } from "../image-errors.ts";
import { readLatin1 } from "../latin1.ts";
import type { ColourCoding, SequenceHeader } from "./av1-sequence-header.ts";
import type { AvifPicture } from "./avif-picture.ts";
import { type Box, uintAt } from "./bmff-boxes.ts";

const IDENTITY = 0;
const BT601 = 6;
const YCGCO = 8;
const IPT_PQ_C2 = 15;
const YCGCO_RE = 16;
const PQ = 16;
const HLG = 18;

/**
 * The matrices that libavif converts. It hands out uninitialised memory for the others, without an error.
 */
const CONVERTED = new Set([IDENTITY, 1, 2, 4, 5, BT601, 7, YCGCO, 9, 12]);

/** HDR10's usual peak, in cd/m². */
const DEFAULT_PEAK_NITS = 1000;

export type AvifColour = {
  /** What the decoder is told. */
  readonly coding: ColourCoding;
  /** Whether the decoder hands out Y, Cg and Co, to be converted here. */
  readonly ycgcoRe: boolean;
  readonly hdr: HdrColour | undefined;
};

export type HdrColour = {
  readonly transfer: "PQ" | "HLG";
  readonly primaries: number;
  /** The brightest level, in cd/m². */
  readonly peakNits: number;
};

/** @throws ImageError IMAGE_UNSUPPORTED if nothing here converts the colours */
export function readAvifColour({ colour, properties }: AvifPicture): AvifColour {
  const { sequence } = colour;
  // The container overrules the AV1 data.
  const stored = readNclx(properties) ?? sequence.colour;
  const coding = { ...stored, matrix: chooseMatrix(stored, sequence) };
  const ycgcoRe = !sequence.monochrome && stored.matrix === YCGCO_RE;
  return { coding, ycgcoRe, hdr: readHdr(stored, properties) };
}

/** The matrix for the decoder. */
function chooseMatrix({ matrix, fullRange }: ColourCoding, sequence: SequenceHeader): number {
  // The matrix of a picture without chroma does not matter.
  if (sequence.monochrome) return BT601;
  const whole = !sequence.subsampledX;
  // Written by mistake at times, for colours of BT.601; browsers show them as such.
  if (matrix === IPT_PQ_C2) return BT601;
  // With the identity matrix the decoder hands out Y, Cg and Co as they are.
  if (matrix === YCGCO_RE && whole && fullRange && sequence.depth > 8) return IDENTITY;
  const convertible =
    CONVERTED.has(matrix) && (matrix !== IDENTITY || whole) && (matrix !== YCGCO || fullRange);
  if (convertible) return matrix;
  throw unsupportedVariant(
    "AVIF",
    `stores colours with matrix ${matrix} of ITU-T H.273 ${whole ? "" : "and reduced chroma "}in ${sequence.depth} bits`,
  );
}

function readNclx(properties: readonly Box[]): ColourCoding | undefined {
  const colr = properties.find(
    ({ type, data }) =>
      type === "colr" && data.byteLength >= 11 && readLatin1(data, 0, 4) === "nclx",
  )?.data;
  return (
    colr && {
      primaries: uintAt(colr, 4, 2),
      transfer: uintAt(colr, 6, 2),
      matrix: uintAt(colr, 8, 2),
      fullRange: ((colr[10] ?? 0) & 0x80) !== 0,
    }
  );
}

function readHdr(
  { transfer, primaries }: ColourCoding,
  properties: readonly Box[],
): HdrColour | undefined {
  if (transfer === HLG) return { transfer: "HLG", primaries, peakNits: DEFAULT_PEAK_NITS };
  if (transfer !== PQ) return undefined;
  // The maximum content light level, in cd/m²; 0 if it is unknown.
  const clli = properties.find(({ type }) => type === "clli")?.data;
  const peakNits = (clli && uintAt(clli, 0, 2)) || DEFAULT_PEAK_NITS;
  return { transfer: "PQ", primaries, peakNits };
}
