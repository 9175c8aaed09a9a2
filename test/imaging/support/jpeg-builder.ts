/** Builds JPEG files of one grey from their parts, so that tests can put the parts together wrongly. */

/** Horizontal and vertical sampling factors of each component. */
export type Sampling = readonly (readonly [h: number, v: number])[];

export const GREY: Sampling = [[1, 1]];
/** 4:2:0 */
export const HALVED: Sampling = [
  [2, 2],
  [1, 1],
  [1, 1],
];

export type JpegShape = {
  readonly width: number;
  readonly height: number;
  readonly sampling?: Sampling;
};

export const SOI = Uint8Array.of(0xff, 0xd8);
export const EOI = Uint8Array.of(0xff, 0xd9);

export function concat(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The same bytes `count` times. */
export function repeat(part: Uint8Array, count: number): Uint8Array {
  const bytes = new Uint8Array(part.length * count);
  for (let at = 0; at < bytes.length; at += part.length) bytes.set(part, at);
  return bytes;
}

/** A marker segment; its length is that of the body unless another one is claimed. */
export function segment(
  marker: number,
  body: Uint8Array | readonly number[],
  claimedLength = body.length + 2,
): Uint8Array {
  return concat([0xff, marker, claimedLength >> 8, claimedLength & 255], body);
}

/** SOF0, or another frame marker. */
export function frameHeader({ width, height, sampling = GREY }: JpegShape, marker = 0xc0) {
  const components = sampling.flatMap(([h, v], i) => [i + 1, (h << 4) | v, 0]);
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  return segment(marker, [8, ...size, sampling.length, ...components]);
}

/** A quantisation table of ones. */
export const QUANTISATION = segment(0xdb, [0, ...new Array(64).fill(1)]);

/** DC and AC tables 0, each with two codes of 1 and 2 bits: DC 0 and 1, AC `symbol` and 0x01. */
export function huffmanTables(acSymbol = 0x00): Uint8Array {
  const lengths = [1, 1, ...new Array(14).fill(0)];
  return concat(
    segment(0xc4, [0x00, ...lengths, 0, 1]),
    segment(0xc4, [0x10, ...lengths, acSymbol, 0x01]),
  );
}

export type Band = {
  readonly first: number;
  readonly last: number;
  /** `Ah << 4 | Al` */
  readonly bits: number;
};

/** SOS for components, numbered from 1. */
export function scanHeader(components: readonly number[], band?: Band): Uint8Array {
  const { first, last, bits } = band ?? { first: 0, last: 63, bits: 0 };
  const selectors = components.flatMap((id) => [id, 0]);
  return segment(0xda, [components.length, ...selectors, first, last, bits]);
}

/** Blocks of all components, those that fill up the last MCU included. */
export function countBlocks({ width, height, sampling = GREY }: JpegShape): number {
  const maxH = Math.max(...sampling.map(([h]) => h));
  const maxV = Math.max(...sampling.map(([, v]) => v));
  const mcus = Math.ceil(width / (8 * maxH)) * Math.ceil(height / (8 * maxV));
  return sampling.reduce((sum, [h, v]) => sum + mcus * h * v, 0);
}

/** Everything up to the first scan. */
export function beforeScans(shape: JpegShape, marker = 0xc0, acSymbol = 0x00): Uint8Array {
  return concat(SOI, QUANTISATION, frameHeader(shape, marker), huffmanTables(acSymbol));
}

/** The scan of a baseline file: two zero bits for each block, then ones up to the byte. */
export function baselineScan(shape: JpegShape): Uint8Array {
  const components = (shape.sampling ?? GREY).map((_, i) => i + 1);
  const bits = countBlocks(shape) * 2;
  const data = new Uint8Array(Math.ceil(bits / 8));
  if (bits % 8 > 0) data[data.length - 1] = 0xff >> (bits % 8);
  return concat(scanHeader(components), data);
}

export function baselineJpeg(shape: JpegShape): Uint8Array {
  return concat(beforeScans(shape), baselineScan(shape), EOI);
}

/** The first DC scan of a progressive file: a zero bit for each block. */
export function dcScan(shape: JpegShape): Uint8Array {
  const components = (shape.sampling ?? GREY).map((_, i) => i + 1);
  const data = new Uint8Array(Math.ceil(countBlocks(shape) / 8));
  return concat(scanHeader(components, { first: 0, last: 0, bits: 0 }), data);
}

/** An AC scan of a component of `blocks` blocks that brings nothing, in 15 bits for each 32,767 blocks. */
export function emptyAcScan(component: number, blocks: number, bits = 0x10): Uint8Array {
  const data = new Uint8Array(Math.ceil((Math.ceil(blocks / 32_767) * 15) / 8));
  // Each run is the code 0 (0xE0: 14 more bits) and 14 ones.
  for (let i = 0; i * 15 < data.length * 8; i++) {
    for (let bit = i * 15 + 1; bit < i * 15 + 15 && bit < data.length * 8; bit++)
      (data[bit >> 3] as number) |= 0x80 >> (bit & 7);
  }
  const stuffed = Array.from(data).flatMap((byte) => (byte === 255 ? [255, 0] : [byte]));
  return concat(scanHeader([component], { first: 1, last: 63, bits }), stuffed);
}

/** A complete progressive file: a DC scan, and an AC scan of each component. */
export function progressiveJpeg(shape: JpegShape): Uint8Array {
  const { width, height, sampling = GREY } = shape;
  const maxH = Math.max(...sampling.map(([h]) => h));
  const maxV = Math.max(...sampling.map(([, v]) => v));
  const acScans = sampling.map(([h, v], i) => {
    const across = Math.ceil((width * h) / (8 * maxH));
    const down = Math.ceil((height * v) / (8 * maxV));
    return emptyAcScan(i + 1, across * down, 0x00);
  });
  return concat(beforeScans(shape, 0xc2, 0xe0), dcScan(shape), ...acScans, EOI);
}

/** A progressive file with one DC scan and `scans` scans that refine nothing of the first component. */
export function scanBomb(shape: JpegShape, scans: number): Uint8Array {
  const scan = emptyAcScan(1, countBlocks({ ...shape, sampling: GREY }));
  return concat(beforeScans(shape, 0xc2, 0xe0), dcScan(shape), repeat(scan, scans), EOI);
}
