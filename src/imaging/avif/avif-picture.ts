/** The parts of an AVIF that make its picture: the primary item, its tiles, and its alpha plane. */
import { corruptImage, unsupportedVariant } from "../image-errors.ts";
import { readLatin1 } from "../latin1.ts";
import type { SequenceHeader } from "./av1-sequence-header.ts";
import { hasSameForm, readAv1Stream } from "./av1-stream.ts";
import { type AvifItems, readAvifItems } from "./avif-items.ts";
import { type Box, tooMany, uintAt } from "./bmff-boxes.ts";

const ALPHA_URN = /^urn:mpeg:(?:mpegB:cicp:systems:auxiliary:alpha|hevc:2015:auxid:1)\0/;
const MAX_TILES = 1024;

/** A picture of one AV1 image, or of a grid of them. */
export type CodedPicture = {
  /** One image, or the tiles of the grid, row by row. */
  readonly tiles: readonly CodedTile[];
  readonly grid: Grid | undefined;
  /** Of every tile. */
  readonly sequence: SequenceHeader;
  /** In pixels, as the AV1 data and the grid give it. */
  readonly width: number;
  readonly height: number;
  /** Frames that the decoder works on, in all tiles together. */
  readonly frames: number;
};

export type CodedTile = {
  readonly data: Uint8Array;
  /** Whether the data is a copy, because the file has it in several parts. */
  readonly joined: boolean;
  /** Frames that the decoder works on. */
  readonly frames: number;
  /** Properties that say which layer of the AV1 data is the picture. */
  readonly layers: readonly Box[];
};

export type Grid = { readonly rows: number; readonly columns: number };

export type AvifPicture = {
  readonly colour: CodedPicture;
  readonly alpha: CodedPicture | undefined;
  readonly premultiplied: boolean;
  /** Of the primary item. */
  readonly properties: readonly Box[];
};

/**
 * Reads how the picture is coded, down to the sequence headers of the AV1 data.
 *
 * @throws ImageError IMAGE_CORRUPT, IMAGE_UNSUPPORTED
 */
export function readAvifPicture(file: Uint8Array): AvifPicture {
  const items = readAvifItems(file);
  const { primary } = items;
  const colour = readColour(items, file.byteLength);
  const alphaItems = findAlpha(items, primary);
  const alpha = alphaItems && readTiles(items, alphaItems.tiles, alphaItems.grid, file.byteLength);
  if (alpha && (alpha.width !== colour.width || alpha.height !== colour.height)) {
    throw corruptImage("AVIF", "its transparency does not have the size of its colours");
  }
  const premultiplied =
    alphaItems?.item !== undefined &&
    items.referencesFrom(primary, "prem").includes(alphaItems.item);
  return { colour, alpha, premultiplied, properties: items.propertiesOf(primary) };
}

function readColour(items: AvifItems, maxBytes: number): CodedPicture {
  const { primary } = items;
  const { tiles, grid } = readTileItems(items, primary);
  return readTiles(items, tiles, grid, maxBytes);
}

type GridSize = Grid & { readonly width: number; readonly height: number };

function readTileItems(items: AvifItems, item: number) {
  const type = items.typeOf(item);
  if (type === "av01") return { tiles: [item], grid: undefined };
  if (type === undefined) throw corruptImage("AVIF", "its primary item does not exist");
  if (type !== "grid") {
    throw unsupportedVariant("AVIF", "is not one AV1 image or a grid of them");
  }
  const grid = readGrid(joinParts(items.partsOf(item), 16));
  const tiles = items.referencesFrom(item, "dimg");
  if (tiles.length !== grid.rows * grid.columns) {
    throw corruptImage("AVIF", "its grid does not have as many tiles as it says");
  }
  if (tiles.length > MAX_TILES) throw tooMany("tiles");
  if (tiles.some((tile) => items.typeOf(tile) !== "av01")) {
    throw unsupportedVariant("AVIF", "has tiles that are not AV1 images");
  }
  return { tiles, grid };
}

/** `ImageGrid` (ISO/IEC 23008-12, section 6.6.2.3). */
function readGrid(data: Uint8Array): GridSize {
  const sizeBytes = (data[1] ?? 0) & 1 ? 4 : 2;
  if (data.byteLength < 4 + 2 * sizeBytes) throw corruptImage("AVIF", "its grid is incomplete");
  return {
    rows: uintAt(data, 2, 1) + 1,
    columns: uintAt(data, 3, 1) + 1,
    width: uintAt(data, 4, sizeBytes),
    height: uintAt(data, 4 + sizeBytes, sizeBytes),
  };
}

/** The alpha plane is one item, or one for each tile of the picture. */
function findAlpha(items: AvifItems, primary: number) {
  const item = alphaOf(items, primary);
  if (item !== undefined) return { item, ...readTileItems(items, item) };
  if (items.typeOf(primary) !== "grid") return undefined;
  const { tiles, grid } = readTileItems(items, primary);
  const alphaTiles = tiles.map((tile) => alphaOf(items, tile));
  const known = alphaTiles.filter((tile) => tile !== undefined);
  if (known.length < tiles.length) return undefined;
  return { item: undefined, tiles: known, grid };
}

function alphaOf(items: AvifItems, item: number): number | undefined {
  return items
    .referencesTo(item, "auxl")
    .find((candidate) =>
      items
        .propertiesOf(candidate)
        .some(({ type, data }) => type === "auxC" && ALPHA_URN.test(readLatin1(data, 4, 4 + 64))),
    );
}

const LAYER_PROPERTIES = new Set(["a1op", "lsel", "a1lx"]);
/** The longest of them: `a1lx` with three sizes of 4 bytes. */
const MAX_LAYER_BYTES = 13;

function readTiles(
  items: AvifItems,
  tileItems: readonly number[],
  grid: GridSize | undefined,
  maxBytes: number,
): CodedPicture {
  const tiles: CodedTile[] = [];
  let sequence: SequenceHeader | undefined;
  let frames = 0;
  let bytes = 0;
  for (const item of tileItems) {
    const parts = items.partsOf(item);
    const data = joinParts(parts, maxBytes - bytes);
    const stream = readAv1Stream(data);
    if (sequence && !hasSameForm(sequence, stream.sequence)) {
      throw corruptImage("AVIF", "the tiles of its grid differ in size or form");
    }
    sequence ??= stream.sequence;
    frames += stream.frames;
    bytes += data.byteLength;
    const layers = items.propertiesOf(item).filter(isLayerProperty);
    tiles.push({ data, joined: parts.length > 1, frames: stream.frames, layers });
  }
  if (!sequence) throw corruptImage("AVIF", "it has no AV1 data");
  const { width, height } = grid ?? sequence;
  if (grid && !coversGrid(grid, sequence)) {
    throw corruptImage("AVIF", "the tiles of its grid do not cover its size");
  }
  return { tiles, grid, sequence, width, height, frames };
}

function isLayerProperty({ type, data }: Box): boolean {
  return LAYER_PROPERTIES.has(type) && data.byteLength <= MAX_LAYER_BYTES;
}

/** Every tile has to show a part of the picture, and together they have to show all of it. */
function coversGrid({ rows, columns, width, height }: GridSize, tile: SequenceHeader): boolean {
  return covers(tile.width, columns, width) && covers(tile.height, rows, height);
}

function covers(tile: number, count: number, size: number): boolean {
  return size > tile * (count - 1) && size <= tile * count;
}

/** A view of the file if there is one part, otherwise a copy. */
function joinParts(parts: readonly Uint8Array[], maxBytes: number): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
  if (length > maxBytes) {
    throw corruptImage("AVIF", "the parts of its data are longer than the file");
  }
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.byteLength;
  }
  return joined;
}
