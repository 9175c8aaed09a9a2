/** Adds up what the scans of a JPEG ask of a decoder, so that a small file cannot ask for hours of work. */
import { ImageError } from "../../errors.ts";
import { countBlocks, type JpegFrame } from "./jpeg-frame.ts";

/** What the scans ask for one component. */
export type ScanWork = {
  /** Blocks that DC scans visit. */
  dcBlocks: number;
  /** Blocks that other scans visit: in a baseline file, each of its blocks once. */
  acBlocks: number;
  /** Coefficients that scans of refinement visit: each is looked at, whether bits belong to it or not. */
  refined: number;
  /** Bytes of the scans other than DC scans. Those of a scan of several components count for the first. */
  acBytes: number;
};

/** The work of all scans, and whether they leave anything out. */
export type JpegScans = {
  /** By component. */
  readonly work: readonly Readonly<ScanWork>[];
  /** Whether the components are in several scans, so that a decoder must keep all coefficients. */
  readonly multiScan: boolean;
  /** Whether they bring all coefficients in full. */
  readonly complete: boolean;
};

/**
 * How often scans may visit each block on average. Ordinary files have 3 to 16 scans, most of which cover
 * a part of the components; this is as much as 32 scans of everything.
 */
const MAX_VISITS_PER_BLOCK = 32;

const COEFFICIENTS = 64;
const UNSEEN = -1;

/** Counts scans in the order in which they stand in the file. */
export class ScanTally {
  readonly #frame: JpegFrame;
  readonly #maxVisits: number;
  /** For each coefficient of each component, how many low bits are still to come. */
  readonly #missingBits: Int8Array;
  #missing: number;
  readonly #work: readonly ScanWork[];
  /** The component to which the data of the current scan belong; undefined for a DC scan. */
  #current: ScanWork | undefined;
  #visits = 0;
  #multiScan: boolean;
  #scans = 0;

  constructor(frame: JpegFrame) {
    this.#frame = frame;
    this.#maxVisits = countBlocks(frame) * MAX_VISITS_PER_BLOCK;
    this.#missing = frame.components.length * (frame.progressive ? COEFFICIENTS : 1);
    this.#missingBits = new Int8Array(frame.components.length * COEFFICIENTS).fill(UNSEEN);
    this.#multiScan = frame.progressive;
    this.#work = frame.components.map(() => ({ dcBlocks: 0, acBlocks: 0, refined: 0, acBytes: 0 }));
  }

  /** Whether nothing is missing once the scans so far are complete. */
  get complete(): boolean {
    return this.#missing === 0;
  }

  get total(): JpegScans {
    return { work: this.#work, multiScan: this.#multiScan, complete: this.complete };
  }

  /**
   * Adds the scan whose header (T.81, B.2.3) stands at `start`, without its length. A malformed header
   * counts as a scan of everything: decoders differ in what they make of it.
   *
   * @throws ImageError IMAGE_TOO_LARGE if the scans are too many for the size of the image
   */
  add(bytes: Uint8Array, start: number, end: number): void {
    const { components, progressive } = this.#frame;
    const count = bytes[start] as number;
    const wellFormed = count >= 1 && count <= 4 && end - start === 4 + count * 2;
    if (wellFormed && count < components.length) this.#multiScan = true;
    const first = progressive && wellFormed ? (bytes[end - 3] as number) : 0;
    const last = progressive && wellFormed ? (bytes[end - 2] as number) : COEFFICIENTS - 1;
    const bits = progressive && wellFormed ? (bytes[end - 1] as number) : 0;
    const isDc = progressive && first === 0;
    this.#current = undefined;
    for (let i = 0; i < components.length; i++) {
      if (wellFormed && !names(bytes, start, count, components[i]?.id)) continue;
      const { blocksAcross = 0, blocksDown = 0 } = components[i] ?? {};
      const work = this.#work[i] as ScanWork;
      const blocks = blocksAcross * blocksDown;
      this.#visits += blocks;
      if (isDc) work.dcBlocks += blocks;
      else work.acBlocks += blocks;
      if (!isDc) this.#current ??= work;
      if (bits >> 4 > 0) work.refined += blocks * Math.max(1, last - first + 1);
      this.#note(i, first, Math.min(last, COEFFICIENTS - 1), bits & 15);
    }
    this.#scans++;
    if (this.#visits > this.#maxVisits) this.#refuse();
  }

  /** Adds the data of the scan that was added last. */
  addData(length: number): void {
    if (this.#current) this.#current.acBytes += length;
    this.#current = undefined;
  }

  #note(component: number, first: number, last: number, missingBits: number): void {
    // A sequential scan brings all of a component's coefficients: they count as one.
    const end = this.#frame.progressive ? last : first;
    for (let k = first; k <= end; k++) {
      const at = component * COEFFICIENTS + k;
      if (this.#missingBits[at] === 0) continue;
      this.#missingBits[at] = missingBits;
      if (missingBits === 0) this.#missing--;
    }
  }

  #refuse(): never {
    const limit = "scans";
    const max = MAX_VISITS_PER_BLOCK;
    throw new ImageError(
      "IMAGE_TOO_LARGE",
      `The JPEG has ${this.#scans} scans or more, which is more work than ${max} scans of the whole image, the limit. Save it again as a baseline JPEG.`,
      { details: { limit, max, value: this.#scans } },
    );
  }
}

function names(bytes: Uint8Array, start: number, count: number, id: number | undefined): boolean {
  for (let i = 0; i < count; i++) if (bytes[start + 1 + i * 2] === id) return true;
  return false;
}
