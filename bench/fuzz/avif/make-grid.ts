/** A grid of equal tiles, as cameras write large pictures (ISO/IEC 23008-12, section 6.6.2.3). */
import { bigEndian, concat, EMPTY, latin1 } from "../bytes.ts";
import { findParts, makePart, type Part } from "../part.ts";
import { parseAvif, writeAvif } from "./avif-parts.ts";
import { readItemLocations, writeItemLocations } from "./item-locations.ts";

type Grid = { readonly columns: number; readonly rows: number; readonly side: number };

/** @param tile - a picture without alpha, of `side` pixels in both directions */
export function makeGrid(tile: Uint8Array, { columns, rows, side }: Grid): Uint8Array {
  const parts = parseAvif(tile);
  const [ftyp] = findParts(parts, "ftyp");
  const [configuration] = findParts(parts, "av1C");
  const [iloc] = findParts(parts, "iloc");
  const extent = iloc && readItemLocations(iloc.data)?.[0]?.extents[0];
  if (!ftyp || !configuration || !extent)
    throw new Error("The tile is not as its encoder makes it.");
  const tiles = Array.from({ length: columns * rows }, (_, i) => i + 2);
  const size = [columns * side, rows * side].map((length) => bigEndian(length, 2));
  const description = concat([Uint8Array.of(0, 0, rows - 1, columns - 1), ...size]);
  const picture = tile.slice(extent.offset, extent.offset + extent.length);
  const meta = (start: number) =>
    full("meta", [
      makePart("hdlr", concat([new Uint8Array(8), latin1("pict"), new Uint8Array(13)])),
      makePart("pitm", Uint8Array.of(0, 0, 0, 0, 0, 1)),
      makePart(
        "iloc",
        writeItemLocations([
          { id: 1, method: 0, extents: [{ offset: start, length: description.length }] },
          ...tiles.map((id) => ({
            id,
            method: 0,
            extents: [{ offset: start + description.length, length: picture.length }],
          })),
        ]),
      ),
      full(
        "iinf",
        [itemInfo(1, "grid"), ...tiles.map((id) => itemInfo(id, "av01"))],
        bigEndian(tiles.length + 1, 2),
      ),
      full("iref", [
        makePart("dimg", concat([1, tiles.length, ...tiles].map((value) => bigEndian(value, 2)))),
      ]),
      makePart("iprp", EMPTY, {
        children: [
          makePart("ipco", EMPTY, {
            children: [
              extentBox(columns * side, rows * side),
              extentBox(side, side),
              makePart("av1C", configuration.data),
              makePart("pixi", Uint8Array.of(0, 0, 0, 0, 3, 8, 8, 8)),
            ],
          }),
          makePart("ipma", associations([[1, [1, 4]], ...tiles.map(tileProperties)])),
        ],
      }),
    ]);
  const data = makePart("mdat", concat([description, picture]));
  // The size of the boxes before the data does not depend on the offsets in them.
  const start = writeAvif([ftyp, meta(0)]).length + 8;
  return writeAvif([ftyp, meta(start), data]);
}

/** A box with version 0 and no flags. */
function full(type: string, children: Part[], count: Uint8Array = EMPTY): Part {
  return makePart(type, EMPTY, { head: concat([new Uint8Array(4), count]), children });
}

function itemInfo(id: number, type: string): Part {
  return makePart(
    "infe",
    concat([Uint8Array.of(2, 0, 0, 0), bigEndian(id, 2), new Uint8Array(2), latin1(`${type}\0`)]),
  );
}

function extentBox(width: number, height: number): Part {
  return makePart("ispe", concat([new Uint8Array(4), bigEndian(width, 4), bigEndian(height, 4)]));
}

function tileProperties(id: number): [id: number, properties: number[]] {
  return [id, [2, 3, 4]];
}

function associations(items: readonly [id: number, properties: number[]][]): Uint8Array {
  const entries = items.flatMap(([id, properties]) => [
    bigEndian(id, 2),
    Uint8Array.of(properties.length, ...properties),
  ]);
  return concat([new Uint8Array(4), bigEndian(items.length, 4), ...entries]);
}
