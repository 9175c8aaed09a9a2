/** The frame header of a JPEG (ITU-T T.81, B.2.2): its size and its colour components. */
import { ImageError } from "../../errors.ts";
import { corruptImage } from "../image-errors.ts";
import { SOF0, SOF2 } from "./jpeg-markers.ts";

export type JpegFrame = {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  /** MCUs of a scan with several components. */
  readonly mcusAcross: number;
  readonly mcusDown: number;
  /** 1 for grey, 3 for colour, 4 for CMYK or YCCK. */
  readonly components: readonly JpegComponent[];
};

export type JpegComponent = {
  readonly id: number;
  /** Sampling factors, 1 to 4. */
  readonly h: number;
  readonly v: number;
  /** Which quantisation table it uses. */
  readonly table: number;
  /** Blocks of 8x8 samples in a row and in a column that hold a part of the picture. */
  readonly across: number;
  readonly down: number;
  /** The same with those that fill up the last MCU, which only scans of several components have. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
};

/**
 * @param body - the segment, without its length
 * @throws ImageError IMAGE_CORRUPT; IMAGE_UNSUPPORTED for lossless, hierarchical, arithmetic-coded and 12-bit
 *   files, and for numbers of components that have no meaning
 */
export function readJpegFrame(body: Uint8Array, marker: number): JpegFrame {
  if (body.byteLength < 6) throw corruptImage("JPEG", "its frame header is incomplete");
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  // Baseline, extended sequential and progressive, all Huffman-coded.
  if (marker < SOF0 || marker > SOF2 || view.getUint8(0) !== 8) {
    throw unsupported(
      "This JPEG is lossless, hierarchical, arithmetic-coded or has 12 bits per sample, none of which browsers show either. Save it as a baseline or progressive JPEG.",
    );
  }
  const height = view.getUint16(1);
  const width = view.getUint16(3);
  const count = view.getUint8(5);
  if (width === 0 || height === 0) {
    throw corruptImage("JPEG", `its header says that it has ${width}x${height} pixels`);
  }
  if (count === 0 || body.byteLength < 6 + count * 3) {
    throw corruptImage("JPEG", `its header says that it has ${count} colour components`);
  }
  if (count !== 1 && count !== 3 && count !== 4) {
    throw unsupported(
      `This JPEG has ${count} colour components, whose meaning no rule fixes. Save it as grey, RGB or CMYK.`,
    );
  }
  return {
    width,
    height,
    progressive: marker === SOF2,
    ...readComponents(body, count, width, height),
  };
}

/** Blocks of all components. */
export function countBlocks({ components }: JpegFrame): number {
  return components.reduce(
    (sum, { blocksAcross, blocksDown }) => sum + blocksAcross * blocksDown,
    0,
  );
}

function readComponents(body: Uint8Array, count: number, width: number, height: number) {
  const factors = Array.from({ length: count }, (_, i) => {
    const id = body[6 + i * 3] as number;
    const sampling = body[7 + i * 3] as number;
    const h = sampling >> 4;
    const v = sampling & 15;
    if (h < 1 || h > 4 || v < 1 || v > 4) {
      throw corruptImage("JPEG", `its header has the sampling factors ${h}x${v}`);
    }
    return { id, h, v, table: body[8 + i * 3] as number };
  });
  const maxH = Math.max(...factors.map(({ h }) => h));
  const maxV = Math.max(...factors.map(({ v }) => v));
  const mcusAcross = Math.ceil(width / (8 * maxH));
  const mcusDown = Math.ceil(height / (8 * maxV));
  const components = factors.map((component) => ({
    ...component,
    across: Math.ceil((width * component.h) / (8 * maxH)),
    down: Math.ceil((height * component.v) / (8 * maxV)),
    blocksAcross: mcusAcross * component.h,
    blocksDown: mcusDown * component.v,
  }));
  return { mcusAcross, mcusDown, components };
}

function unsupported(message: string): ImageError {
  return new ImageError("IMAGE_UNSUPPORTED", message, { details: { format: "JPEG" } });
}
