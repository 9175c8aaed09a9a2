/** Decodes the scans of a progressive JPEG (ITU-T T.81, annex G), as far as a reduction to 1/8 needs them. */
import { corruptImage } from "../image-errors.ts";
import { type HuffmanTable, ScanBits } from "./huffman.ts";
import type { JpegComponent, JpegFrame } from "./jpeg-frame.ts";
import type { ScanTables } from "./scan-tables.ts";

/** The natural order of coefficients, by their place in a scan (T.81, figure A.6). */
const ZIGZAG = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
  13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52,
  45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
] as const;

/** The rows and columns of coefficients that an inverse DCT to 2x2 uses (jidctred.c). */
const USED = [0, 1, 3, 5, 7];
/** Coefficients of a block that is reduced to 2x2. */
export const SLOTS = USED.length ** 2;
const UNUSED = -1;

/** Where a coefficient is kept, by its place in a scan. */
export const SLOT_OF = Int8Array.from(ZIGZAG, (natural) => {
  const row = USED.indexOf(natural >> 3);
  const column = USED.indexOf(natural & 7);
  return row < 0 || column < 0 ? UNUSED : row * USED.length + column;
});

/** The coefficients of a component that are kept: DC alone, or those that 2x2 samples need. */
export class Coefficients {
  readonly component: JpegComponent;
  /** Coefficients of a block: 1 or {@link SLOTS}. */
  readonly slots: number;
  readonly values: Int16Array;
  /** Two words for each block: which coefficients are not 0. Refinement depends on all of them. */
  readonly nonZero: Uint32Array;

  constructor(component: JpegComponent, slots: number) {
    const blocks = component.blocksAcross * component.blocksDown;
    this.component = component;
    this.slots = slots;
    this.values = new Int16Array(blocks * slots);
    this.nonZero = new Uint32Array(slots > 1 ? blocks * 2 : 0);
  }

  /** Memory in bytes. */
  static bytes({ blocksAcross, blocksDown }: JpegComponent, slots: number): number {
    return blocksAcross * blocksDown * (slots * 2 + (slots > 1 ? 8 : 0));
  }
}

/** What a scan header says. */
export type ProgressiveScan = {
  readonly parts: readonly ScanPart[];
  /** The band of coefficients: Ss and Se. */
  readonly first: number;
  readonly last: number;
  /** The bit at which coefficients have arrived after this scan: Al. */
  readonly low: number;
  /** Whether it refines coefficients by one bit. */
  readonly refines: boolean;
};

export type ScanPart = {
  readonly coefficients: Coefficients;
  readonly dcTable: number;
  readonly acTable: number;
};

/** Decodes the data of a scan. Like libjpeg, it leaves out blocks whose data are missing. */
export function decodeScan(
  bytes: Uint8Array,
  start: number,
  scan: ProgressiveScan,
  frame: JpegFrame,
  tables: ScanTables,
): void {
  const decoder = new ScanDecoder(new ScanBits(bytes, start), scan, tables);
  const [only] = scan.parts;
  if (!only) return;
  const { component } = only.coefficients;
  const single = scan.parts.length === 1;
  const across = single ? component.across : frame.mcusAcross;
  const down = single ? component.down : frame.mcusDown;
  for (let row = 0, mcu = 0; row < down; row++) {
    for (let column = 0; column < across; column++, mcu++) {
      if (tables.restartInterval > 0 && mcu > 0 && mcu % tables.restartInterval === 0)
        decoder.restart();
      if (decoder.ranOut) continue;
      if (single) decoder.block(0, row * component.blocksAcross + column);
      else decoder.mcu(row, column);
    }
  }
}

class ScanDecoder {
  readonly #bits: ScanBits;
  readonly #scan: ProgressiveScan;
  readonly #dc: readonly (HuffmanTable | undefined)[];
  readonly #ac: HuffmanTable | undefined;
  /** The last DC value of each part. */
  readonly #predictions: Int32Array;
  /** Blocks that follow without coefficients of their own. */
  #endOfBandRun = 0;

  constructor(bits: ScanBits, scan: ProgressiveScan, tables: ScanTables) {
    const { first, refines, parts } = scan;
    this.#bits = bits;
    this.#scan = scan;
    this.#predictions = new Int32Array(parts.length);
    const isDc = first === 0;
    this.#dc = isDc && !refines ? parts.map(({ dcTable }) => tables.dc(dcTable)) : [];
    this.#ac = isDc ? undefined : tables.ac(parts[0]?.acTable ?? 0);
  }

  get ranOut(): boolean {
    return this.#bits.ranOut;
  }

  restart(): void {
    this.#bits.restart();
    this.#predictions.fill(0);
    this.#endOfBandRun = 0;
  }

  /** Decodes all blocks of an MCU; only DC scans have several components. */
  mcu(row: number, column: number): void {
    for (let part = 0; part < this.#scan.parts.length; part++) {
      const {
        h = 1,
        v = 1,
        blocksAcross = 0,
      } = this.#scan.parts[part]?.coefficients.component ?? {};
      for (let y = row * v; y < (row + 1) * v; y++) {
        for (let x = column * h; x < (column + 1) * h; x++) this.block(part, y * blocksAcross + x);
      }
    }
  }

  block(part: number, block: number): void {
    const { coefficients } = this.#scan.parts[part] as ScanPart;
    if (this.#ac === undefined) this.#dcBlock(coefficients, part, block);
    else if (this.#scan.refines) this.#refineBlock(coefficients, block, this.#ac);
    else this.#acBlock(coefficients, block, this.#ac);
  }

  #dcBlock({ values, slots }: Coefficients, part: number, block: number): void {
    const { low } = this.#scan;
    const table = this.#dc[part];
    if (table === undefined) {
      if (this.#bits.read(1) === 1) (values[block * slots] as number) |= 1 << low;
      return;
    }
    const size = this.#bits.symbol(table) & 15;
    const value = (this.#predictions[part] as number) + (size > 0 ? this.#bits.signed(size) : 0);
    this.#predictions[part] = value;
    values[block * slots] = value << low;
  }

  #acBlock(coefficients: Coefficients, block: number, table: HuffmanTable): void {
    if (this.#endOfBandRun > 0) {
      this.#endOfBandRun--;
      return;
    }
    const bits = this.#bits;
    const { first, last, low } = this.#scan;
    for (let k = first; k <= last; k++) {
      const symbol = bits.symbol(table);
      const run = symbol >> 4;
      const size = symbol & 15;
      if (size > 0) {
        k += run;
        set(coefficients, block, Math.min(k, 63), bits.signed(size) << low);
      } else if (run === 15) k += 15;
      else {
        this.#endOfBandRun = (1 << run) - 1 + bits.read(run);
        return;
      }
    }
  }

  #refineBlock(coefficients: Coefficients, block: number, table: HuffmanTable): void {
    const bits = this.#bits;
    const { first, last, low } = this.#scan;
    let k = first;
    if (this.#endOfBandRun === 0) {
      for (; k <= last; k++) {
        const symbol = bits.symbol(table);
        const run = symbol >> 4;
        const isNew = (symbol & 15) !== 0;
        if (!isNew && run !== 15) {
          this.#endOfBandRun = (1 << run) + bits.read(run);
          break;
        }
        const value = isNew && bits.read(1) === 1 ? 1 << low : -1 << low;
        k = this.#refineRun(coefficients, block, k, run);
        if (isNew) set(coefficients, block, Math.min(k, 63), value);
      }
    }
    if (this.#endOfBandRun === 0) return;
    this.#refineRun(coefficients, block, k, 64);
    this.#endOfBandRun--;
  }

  /** Refines the coefficients from `k` that are not 0, up to the one behind `zeros` that are; returns its place. */
  #refineRun({ nonZero, values, slots }: Coefficients, block: number, k: number, zeros: number) {
    const bits = this.#bits;
    const { last, low } = this.#scan;
    let left = zeros;
    for (let at = k; at <= last; at++) {
      if (((nonZero[block * 2 + (at >> 5)] as number) & (1 << (at & 31))) === 0) {
        if (left-- === 0) return at;
      } else if (bits.read(1) === 1) {
        const slot = SLOT_OF[at] as number;
        if (slot === UNUSED) continue;
        const index = block * slots + slot;
        const value = values[index] as number;
        if ((value & (1 << low)) === 0) values[index] = value + (value >= 0 ? 1 << low : -1 << low);
      }
    }
    return Math.max(k, last + 1);
  }
}

function set({ nonZero, values, slots }: Coefficients, block: number, k: number, value: number) {
  (nonZero[block * 2 + (k >> 5)] as number) |= 1 << (k & 31);
  const slot = SLOT_OF[k] as number;
  if (slot !== UNUSED) values[block * slots + slot] = value;
}

/** @throws ImageError IMAGE_CORRUPT for a scan that libjpeg refuses */
export function requireLegalScan(
  { parts, first, last, low, refines }: ProgressiveScan,
  high: number,
) {
  const band = first === 0 ? last === 0 : first <= last && last < 64 && parts.length === 1;
  if (!band || low > 13 || (refines && low !== high - 1))
    throw corruptImage("JPEG", "one of its scans is impossible");
}
