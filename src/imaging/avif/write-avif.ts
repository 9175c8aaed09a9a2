/** Writes an AVIF file with exactly what the decoder needs (ISO/IEC 23008-12, AV1-ISOBMFF, AVIF). */
import { readLatin1 } from "../latin1.ts";
import type { ColourCoding, SequenceHeader } from "./av1-sequence-header.ts";
import { clearUnknownLevels } from "./av1-stream.ts";
import type { AvifPicture, CodedPicture } from "./avif-picture.ts";

const ALPHA_URN = "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0";

type Item = {
  readonly id: number;
  readonly type: "av01" | "grid";
  readonly data: Uint8Array;
  /** Encoded boxes. */
  readonly properties: readonly Uint8Array[];
};
type Reference = { readonly type: string; readonly from: number; readonly to: readonly number[] };

/**
 * A new file with the AV1 data of a picture. The decoder never sees the boxes of a stranger: a flood of
 * boxes, a false size or a transformation that it does not know is left behind with the old file. The
 * sizes are those of the AV1 data, and levels that the decoder does not know are removed.
 *
 * @param colour - what the decoder is told about colours, whatever the old file said
 */
export function writeAvif(
  { colour: picture, alpha, premultiplied }: AvifPicture,
  colour: ColourCoding,
): Uint8Array {
  const items: Item[] = [];
  const references: Reference[] = [];
  addPicture(items, references, picture, [nclx(colour)]);
  if (alpha) {
    const auxC = fullBox("auxC", 0, text(ALPHA_URN));
    const id = addPicture(items, references, alpha, [auxC]);
    references.push({ type: "auxl", from: id, to: [1] });
    if (premultiplied) references.push({ type: "prem", from: 1, to: [id] });
  }
  const ftyp = box("ftyp", text("avif"), uint(0, 4), text("avifmif1miaf"));
  const dataBytes = items.reduce((sum, { data }) => sum + data.byteLength, 0);
  // The offsets have the same length whatever they are.
  const dataStart = ftyp.byteLength + meta(items, references, 0).byteLength + 8;
  const head = concat([
    ftyp,
    meta(items, references, dataStart),
    uint(dataBytes + 8, 4),
    text("mdat"),
  ]);
  const file = new Uint8Array(head.byteLength + dataBytes);
  file.set(head);
  let at = head.byteLength;
  for (const { type, data } of items) {
    file.set(data, at);
    if (type === "av01") clearUnknownLevels(file.subarray(at, at + data.byteLength));
    at += data.byteLength;
  }
  return file;
}

/** Returns the id of the item that stands for the whole picture. */
function addPicture(
  items: Item[],
  references: Reference[],
  { tiles, grid, sequence, width, height }: CodedPicture,
  own: readonly Uint8Array[],
): number {
  const form = [pixi(sequence)];
  const first = items.length + 1;
  if (grid) {
    const size = [uint(width, 4), uint(height, 4)];
    const data = concat([Uint8Array.of(0, 1, grid.rows - 1, grid.columns - 1), ...size]);
    const properties = [ispe(width, height), ...form, ...own];
    items.push({ id: first, type: "grid", data, properties });
    const to = tiles.map((_, i) => first + 1 + i);
    references.push({ type: "dimg", from: first, to });
  }
  for (const { data, layers } of tiles) {
    const properties = [
      ispe(sequence.width, sequence.height),
      ...form,
      av1C(sequence),
      ...layers.map((layer) => box(layer.type, layer.data)),
      // Every tile of an alpha plane says so too.
      ...own,
    ];
    items.push({ id: items.length + 1, type: "av01", data, properties });
  }
  return first;
}

function meta(items: readonly Item[], references: readonly Reference[], dataStart: number) {
  return fullBox(
    "meta",
    0,
    fullBox("hdlr", 0, uint(0, 4), text("pict"), new Uint8Array(13)),
    fullBox("pitm", 0, uint(1, 2)),
    iloc(items, dataStart),
    fullBox("iinf", 0, uint(items.length, 2), ...items.map(infe)),
    ...(references.length > 0 ? [fullBox("iref", 0, ...references.map(reference))] : []),
    iprp(items),
  );
}

function iloc(items: readonly Item[], dataStart: number): Uint8Array {
  let at = dataStart;
  const entries = items.map(({ id, data }) => {
    const extent = [uint(at, 4), uint(data.byteLength, 4)];
    at += data.byteLength;
    return concat([uint(id, 2), uint(0, 2), uint(1, 2), ...extent]);
  });
  // Offsets and lengths of 4 bytes, no base offset.
  return fullBox("iloc", 0, uint(0x4400, 2), uint(items.length, 2), ...entries);
}

function infe({ id, type }: Item): Uint8Array {
  return fullBox("infe", 2, uint(id, 2), uint(0, 2), text(`${type}\0`));
}

function reference({ type, from, to }: Reference): Uint8Array {
  return box(type, uint(from, 2), uint(to.length, 2), ...to.map((id) => uint(id, 2)));
}

/** Equal properties are written once: tiles share theirs. */
function iprp(items: readonly Item[]): Uint8Array {
  const boxes = new Map<string, { readonly index: number; readonly bytes: Uint8Array }>();
  const entries = items.map(({ id, properties }) => {
    const indices = properties.map((bytes) => {
      const key = bytes.join();
      const known = boxes.get(key) ?? { index: boxes.size + 1, bytes };
      boxes.set(key, known);
      return uint((isEssential(bytes) ? 0x8000 : 0) + known.index, 2);
    });
    return concat([uint(id, 2), uint(indices.length, 1), ...indices]);
  });
  const ipco = box("ipco", ...[...boxes.values()].map(({ bytes }) => bytes));
  const ipma = box("ipma", uint(1, 4), uint(items.length, 4), ...entries);
  return box("iprp", ipco, ipma);
}

/** The properties that AVIF wants readers to know, or not to show the item. */
function isEssential(property: Uint8Array): boolean {
  return ["av1C", "a1op", "lsel"].includes(readLatin1(property, 4, 8));
}

function ispe(width: number, height: number): Uint8Array {
  return fullBox("ispe", 0, uint(width, 4), uint(height, 4));
}

function pixi({ monochrome, depth }: SequenceHeader): Uint8Array {
  const depths = new Uint8Array(monochrome ? 1 : 3).fill(depth);
  return fullBox("pixi", 0, uint(depths.length, 1), depths);
}

function av1C(sequence: SequenceHeader): Uint8Array {
  const level = Math.min(sequence.levels[0]?.level ?? 0, 31);
  const flags =
    Number(sequence.depth > 8) * 0x40 +
    Number(sequence.depth === 12) * 0x20 +
    Number(sequence.monochrome) * 0x10 +
    Number(sequence.subsampledX) * 8 +
    Number(sequence.subsampledY) * 4 +
    sequence.chromaPosition;
  return box("av1C", Uint8Array.of(0x81, sequence.profile * 32 + level, flags, 0));
}

function nclx({ primaries, transfer, matrix, fullRange }: ColourCoding): Uint8Array {
  const codes = [uint(primaries, 2), uint(transfer, 2), uint(matrix, 2)];
  return box("colr", text("nclx"), ...codes, uint(fullRange ? 0x80 : 0, 1));
}

function fullBox(type: string, version: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return box(type, Uint8Array.of(version, 0, 0, 0), ...parts);
}

function box(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.byteLength, 8);
  return concat([uint(length, 4), text(type), ...parts]);
}

/** Latin-1. */
function text(value: string): Uint8Array {
  return Uint8Array.from(value, (character) => character.charCodeAt(0));
}

/** Big-endian. */
function uint(value: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = size - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest;
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.byteLength;
  }
  return joined;
}
