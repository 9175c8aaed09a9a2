/** The components of a JPEG that is reduced to 1/8: how large their blocks become, and their samples. */
import { corruptImage } from "../image-errors.ts";
import { scaledBlock } from "./jpeg-cost.ts";
import type { JpegComponent, JpegFrame } from "./jpeg-frame.ts";
import type { ScanWork } from "./jpeg-scans.ts";
import { Coefficients, SLOT_OF, SLOTS } from "./progressive-scans.ts";

/** How libjpeg reduces a component to 1/8. */
export type Reduction = {
  readonly component: JpegComponent;
  /** The side of a block after the inverse DCT. */
  readonly side: 1 | 2;
  /** How many pixels of the result share a sample, across and down. */
  readonly repeatX: number;
  readonly repeatY: number;
};

/** @returns undefined if a component is subsampled in a way that is left to libjpeg */
export function planReductions({ components }: JpegFrame): readonly Reduction[] | undefined {
  const maxH = Math.max(...components.map(({ h }) => h));
  const maxV = Math.max(...components.map(({ v }) => v));
  const reductions = components.flatMap((component) => {
    const side = scaledBlock(component, 1, maxH, maxV);
    const repeatX = maxH / (component.h * side);
    const repeatY = maxV / (component.v * side);
    const simple = Number.isInteger(repeatX) && Number.isInteger(repeatY);
    return simple && (side === 1 || side === 2)
      ? [{ component, side, repeatX, repeatY } as const]
      : [];
  });
  return reductions.length === components.length ? reductions : undefined;
}

/** Peak memory of the coefficients and the samples in bytes. */
export function reductionBytes({ component, side }: Reduction): number {
  const blocks = component.blocksAcross * component.blocksDown;
  return Coefficients.bytes(component, side === 1 ? 1 : SLOTS) + blocks * side * side;
}

/** CPU time of decoding and reconstructing in milliseconds. */
export function reductionMs({ component, side }: Reduction, work: ScanWork): number {
  const blocks = component.blocksAcross * component.blocksDown;
  const dcMs = work.dcBlocks * 35e-6 + blocks * 10e-6;
  if (side === 1) return dcMs;
  return (
    dcMs + blocks * 120e-6 + work.acBlocks * 50e-6 + work.refined * 3e-6 + work.acBytes * 60e-6
  );
}

/** A component while its scans arrive. */
export class Layer {
  readonly reduction: Reduction;
  readonly coefficients: Coefficients;
  /** Its quantisation table, as it is when its first scan starts. */
  #steps: Int32Array | undefined;

  constructor(reduction: Reduction) {
    this.reduction = reduction;
    this.coefficients = new Coefficients(reduction.component, reduction.side === 1 ? 1 : SLOTS);
  }

  /** @param table - 64 steps in the order of the file */
  useTable(table: Int32Array | undefined): void {
    if (this.#steps) return;
    if (!table) throw corruptImage("JPEG", "a component has no quantisation table");
    this.#steps = new Int32Array(SLOTS);
    for (let k = 0; k < 64; k++) {
      const slot = SLOT_OF[k] as number;
      if (slot >= 0) this.#steps[slot] = table[k] as number;
    }
  }

  /** Its samples in rows, those of padding blocks included. */
  reconstruct(): { readonly samples: Uint8Array; readonly stride: number } {
    const { component, side } = this.reduction;
    const { blocksAcross, blocksDown } = component;
    const stride = blocksAcross * side;
    const samples = new Uint8Array(stride * blocksDown * side);
    const steps = this.#steps;
    // A component without a scan stays grey, as its coefficients are 0.
    if (!steps) return { samples: samples.fill(128), stride };
    for (let row = 0, block = 0; row < blocksDown; row++) {
      for (let column = 0; column < blocksAcross; column++, block++) {
        const to = row * side * stride + column * side;
        if (side === 1) samples[to] = toSample(descale(this.#dequantise(steps, block, 0), 3));
        else this.#toSquare(steps, block, samples, to, stride);
      }
    }
    return { samples, stride };
  }

  #dequantise(steps: Int32Array, block: number, slot: number): number {
    const { values, slots } = this.coefficients;
    return Math.imul(values[block * slots + slot] as number, steps[slot] as number);
  }

  /** The inverse DCT to 2x2 samples, in the fixed point of jidctred.c: columns, then rows. */
  #toSquare(steps: Int32Array, block: number, samples: Uint8Array, to: number, stride: number) {
    for (let slot = 0; slot < 5; slot++) {
      const even = this.#dequantise(steps, block, slot) << (CONST_BITS + 2);
      const odd = oddPart(
        this.#dequantise(steps, block, slot + 5),
        this.#dequantise(steps, block, slot + 10),
        this.#dequantise(steps, block, slot + 15),
        this.#dequantise(steps, block, slot + 20),
      );
      COLUMNS[slot] = descale((even + odd) | 0, CONST_BITS - PASS1_BITS + 2);
      COLUMNS[slot + 5] = descale((even - odd) | 0, CONST_BITS - PASS1_BITS + 2);
    }
    for (let row = 0; row < 2; row++) {
      const [dc = 0, c1 = 0, c3 = 0, c5 = 0, c7 = 0] = [
        COLUMNS[row * 5],
        COLUMNS[row * 5 + 1],
        COLUMNS[row * 5 + 2],
        COLUMNS[row * 5 + 3],
        COLUMNS[row * 5 + 4],
      ];
      const even = dc << (CONST_BITS + 2);
      const odd = oddPart(c1, c3, c5, c7);
      const at = to + row * stride;
      samples[at] = toSample(descale((even + odd) | 0, CONST_BITS + PASS1_BITS + 5));
      samples[at + 1] = toSample(descale((even - odd) | 0, CONST_BITS + PASS1_BITS + 5));
    }
  }
}

const CONST_BITS = 13;
const PASS1_BITS = 2;
/** Of one block, between the two passes. */
const COLUMNS = new Int32Array(10);

/** The part of odd frequencies; the factors are those of jidctred.c times 2^13. */
function oddPart(c1: number, c3: number, c5: number, c7: number): number {
  return (
    (Math.imul(c7, -5906) + Math.imul(c5, 6967) + Math.imul(c3, -10426) + Math.imul(c1, 29692)) | 0
  );
}

function descale(value: number, bits: number): number {
  return ((value + (1 << (bits - 1))) | 0) >> bits;
}

/** libjpeg looks at 10 bits, so values far out of range wrap around. */
function toSample(value: number): number {
  const wrapped = (value << 22) >> 22;
  return Math.min(255, Math.max(0, wrapped + 128));
}
