/** Turning an image upright: the pixels and the memory, in workerd, for each format that can be turned. */
import { describe, expect, it } from "vitest";
import type { Orientation } from "../../../src/imaging/common-header.ts";
import { orient } from "../../../src/imaging/orient.ts";
import { thumbDifference } from "../../../tools/thumb.ts";
import { makeChunk, makeExif } from "../../imaging/support/make-png.ts";
import { encodeAll, makePicture } from "../../imaging/support/sample-files.ts";
import { useDecodeWorker } from "../support/use-decode-worker.ts";

const worker = useDecodeWorker();
/** Above a megapixel, but too narrow to be reduced. */
const SIZE = { width: 2400, height: 450 };
const picture = makePicture(SIZE.width, SIZE.height);
const files = await encodeAll(picture);
const ORIENTATIONS = [2, 3, 4, 5, 6, 7, 8] as const;

const formats: [name: string, turn: (orientation: Orientation) => Uint8Array][] = [
  ["jpeg", (orientation) => turnJpeg(files.jpeg as Uint8Array, orientation)],
  ["png", (orientation) => turnPng(files.png as Uint8Array, orientation)],
  ["webp", (orientation) => turnWebp(files["webp (lossless)"] as Uint8Array, orientation)],
];

describe.each(formats)("a %s file", (_, turn) => {
  it.each(ORIENTATIONS)("of orientation %s is turned within its estimate", async (orientation) => {
    const upright = await worker.decoded(turn(1));
    const turned = await worker.decoded(turn(orientation));
    expect(turned.header.orientation).toBe(orientation);
    const data = Uint8Array.from(upright.thumb8);
    const expected = orient({ width: 8, height: 8, data }, orientation).data;
    expect(thumbDifference(turned.thumb8, [...expected])).toBeLessThan(1);
    expect(turned.peakBytes).toBeLessThanOrEqual(turned.estimatedBytes);
    // No second copy of the pixels.
    expect(turned.peakBytes - upright.peakBytes).toBeLessThan(SIZE.width * SIZE.height);
  });
});

function turnJpeg(file: Uint8Array, orientation: Orientation): Buffer {
  const data = Buffer.concat([Buffer.from("Exif\0\0"), makeExif(orientation)]);
  const head = Buffer.from([0xff, 0xe1, 0, data.length + 2]);
  return Buffer.concat([file.subarray(0, 2), head, data, file.subarray(2)]);
}

function turnPng(file: Uint8Array, orientation: Orientation): Buffer {
  const afterHeader = 8 + 25;
  const exif = makeChunk("eXIf", makeExif(orientation));
  return Buffer.concat([file.subarray(0, afterHeader), exif, file.subarray(afterHeader)]);
}

function turnWebp(file: Uint8Array, orientation: Orientation): Buffer {
  const facts = Buffer.alloc(10);
  facts[0] = 0x08; // EXIF follows
  facts.writeUIntLE(SIZE.width - 1, 4, 3);
  facts.writeUIntLE(SIZE.height - 1, 7, 3);
  const chunks = Buffer.concat([
    riffChunk("VP8X", facts),
    file.subarray(12),
    riffChunk("EXIF", makeExif(orientation)),
  ]);
  return riffChunk("RIFF", Buffer.concat([Buffer.from("WEBP"), chunks]));
}

function riffChunk(type: string, data: Uint8Array): Buffer {
  const head = Buffer.from(`${type}\0\0\0\0`);
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data]);
}
