import { encode as encodeBaseline } from "jpeg-js";
import { bigEndian, concat, latin1 } from "../bytes.ts";
import { encodeJpeg } from "../encoders.ts";
import type { FuzzFormat, Seeds } from "../fuzz-format.ts";
import { makeExif } from "../make-exif.ts";
import { makePart } from "../part.ts";
import { Random } from "../random.ts";
import { cropPhoto } from "../seed-photo.ts";
import { JPEG_MUTATIONS } from "./jpeg-mutations.ts";
import {
  DHT,
  DQT,
  DRI,
  EOI,
  makeExifSegment,
  markerType,
  parseJpeg,
  SCAN_DATA,
  SOI,
  SOS,
  writeJpeg,
} from "./jpeg-parts.ts";

export const fuzzJpeg: FuzzFormat = {
  format: "JPEG",
  extension: "jpg",
  makeSeeds,
  parse: parseJpeg,
  write: writeJpeg,
  mutations: JPEG_MUTATIONS,
};

const GREY = 1;

async function makeSeeds(): Promise<Seeds> {
  const photo = await cropPhoto(93, 70);
  const quality = { quality: 70, auto_subsample: false };
  const progressive = { ...quality, progressive: true };
  const turned = parseJpeg(new Uint8Array(encodeBaseline(photo, 60).data));
  turned.splice(1, 0, makeExifSegment(makeExif(6)));
  return [
    new Uint8Array(encodeBaseline(photo, 80).data),
    await encodeJpeg(photo, { ...progressive, chroma_subsample: 2 }),
    await encodeJpeg(photo, { ...progressive, chroma_subsample: 1 }),
    await encodeJpeg(photo, { ...quality, progressive: false, chroma_subsample: 2 }),
    await encodeJpeg(photo, { ...progressive, color_space: GREY }),
    await encodeJpeg(photo, { ...quality, progressive: false, color_space: GREY }),
    writeJpeg(turned),
    makeInkJpeg(),
    // More than a megapixel, which is reduced while it is decoded.
    await encodeJpeg(await cropPhoto(1100, 1000), {
      quality: 5,
      progressive: false,
      baseline: true,
    }),
  ];
}

/** Four components with restart markers. The data is random. */
function makeInkJpeg(): Uint8Array {
  const random = new Random("JPEG of four components");
  const [width, height, restarts] = [64, 48, 6];
  const components = [1, 2, 3, 4].map((id) => Uint8Array.of(id, 0x11, 0));
  const frame = [Uint8Array.of(8), bigEndian(height, 2), bigEndian(width, 2), Uint8Array.of(4)];
  // Codes of 1, 2 and 3 bits. Those of DC are numbers of bits, those of AC end most blocks early.
  const lengths = Uint8Array.of(1, 1, 1, ...Array(13).fill(0));
  const selectors = [1, 2, 3, 4].map((id) => Uint8Array.of(id, 0));
  const data = Array.from({ length: restarts }, (_, i) => [
    ...(i > 0 ? [makePart(markerType(0xd0 + ((i - 1) & 7)))] : []),
    makePart(
      SCAN_DATA,
      random.bytes(60).map((byte) => byte & 0x7b),
    ),
  ]);
  return writeJpeg([
    makePart(SOI),
    makePart(markerType(0xee), concat([latin1("Adobe\0d\0\0\0\0\0"), Uint8Array.of(2)])),
    makePart(DQT, Uint8Array.of(0, ...Array(64).fill(4))),
    makePart(markerType(0xc0), concat([...frame, ...components])),
    makePart(DHT, concat([Uint8Array.of(0x00), lengths, Uint8Array.of(0, 3, 5)])),
    makePart(DHT, concat([Uint8Array.of(0x10), lengths, Uint8Array.of(0, 0x11, 0x22)])),
    makePart(DRI, bigEndian(((width / 8) * (height / 8)) / restarts, 2)),
    makePart(SOS, concat([Uint8Array.of(4), ...selectors, Uint8Array.of(0, 63, 0)])),
    ...data.flat(),
    makePart(EOI),
  ]);
}
