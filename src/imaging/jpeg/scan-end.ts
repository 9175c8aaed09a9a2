/** Finds out whether the last scan of a JPEG without an end marker is complete. */
import { type HuffmanTable, ScanBits } from "./huffman.ts";
import type { JpegComponent, JpegFrame } from "./jpeg-frame.ts";
import { nextMarker, segmentEnd } from "./jpeg-markers.ts";
import { ScanTables } from "./scan-tables.ts";

/**
 * Walks through the codes of a sequential scan. The codes of a progressive scan depend on those before it,
 * so its end is where its data end, and libjpeg has to say whether they are complete.
 *
 * @param scan - the offset of the code of its SOS marker
 * @returns the offset behind its data; undefined if blocks are missing
 * @throws ImageError IMAGE_CORRUPT if a table that it uses is missing or impossible
 */
export function findScanEnd(bytes: Uint8Array, frame: JpegFrame, scan: number): number | undefined {
  const start = segmentEnd(bytes, scan);
  if (frame.progressive) return dataEnd(bytes, start);
  const tables = new ScanTables(bytes);
  for (let at = nextMarker(bytes, 2); at < scan; ) {
    const next = segmentEnd(bytes, at);
    tables.define(bytes[at] as number, at + 3, next);
    at = nextMarker(bytes, next);
  }
  const parts = readParts(bytes, scan + 3, frame, tables);
  const [only] = parts;
  if (!only) return undefined;
  const single = parts.length === 1;
  const mcus = single
    ? only.component.across * only.component.down
    : frame.mcusAcross * frame.mcusDown;
  const bits = new ScanBits(bytes, start);
  let restartIn = tables.restartInterval;
  for (let mcu = 0; mcu < mcus; mcu++) {
    if (tables.restartInterval > 0 && restartIn-- === 0) {
      if (!bits.restart()) return undefined;
      restartIn = tables.restartInterval - 1;
    }
    for (const { component, dc, ac } of parts) {
      const blocks = single ? 1 : component.h * component.v;
      for (let i = 0; i < blocks; i++) skipBlock(bits, dc, ac);
    }
    if (bits.ranOut) return undefined;
  }
  return bits.offset;
}

type Part = {
  readonly component: JpegComponent;
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
};

function readParts(bytes: Uint8Array, at: number, frame: JpegFrame, tables: ScanTables): Part[] {
  const count = bytes[at] as number;
  return Array.from({ length: count }, (_, i) => {
    const id = bytes[at + 1 + i * 2];
    const selectors = bytes[at + 2 + i * 2] as number;
    const component = frame.components.find((candidate) => candidate.id === id);
    return component
      ? [{ component, dc: tables.dc(selectors >> 4), ac: tables.ac(selectors & 15) }]
      : [];
  }).flat();
}

function skipBlock(bits: ScanBits, dc: HuffmanTable, ac: HuffmanTable): void {
  bits.read(bits.symbol(dc) & 15);
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(ac);
    const size = symbol & 15;
    k += symbol >> 4;
    if (size > 0) bits.read(size);
    else if (symbol !== 0xf0) return;
  }
}

/** The offset of the marker, or of the end of the file, that the data of a scan run up to. */
function dataEnd(bytes: Uint8Array, start: number): number {
  let end = nextMarker(bytes, start);
  if (end < bytes.length) end--;
  while (end > start && bytes[end - 1] === 0xff) end--;
  return end;
}
