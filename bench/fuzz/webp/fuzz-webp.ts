import type { Photo } from "../../photo-files.ts";
import { concat, EMPTY, latin1, littleEndian } from "../bytes.ts";
import { encodeWebp, withAlpha } from "../encoders.ts";
import type { FuzzFormat, Seeds } from "../fuzz-format.ts";
import { makeExif } from "../make-exif.ts";
import { makePart, type Part } from "../part.ts";
import { cropPhoto } from "../seed-photo.ts";
import { WEBP_MUTATIONS } from "./webp-mutations.ts";
import { parseWebp, writeWebp } from "./webp-parts.ts";

export const fuzzWebp: FuzzFormat = {
  format: "WEBP",
  extension: "webp",
  makeSeeds,
  parse: parseWebp,
  write: writeWebp,
  mutations: WEBP_MUTATIONS,
};

const ANIMATED = 0x02;
const EXIF = 0x08;
const ALPHA = 0x10;

async function makeSeeds(): Promise<Seeds> {
  const photo = await cropPhoto(93, 70);
  const faded = withAlpha(photo);
  const lossy = await encodeWebp(photo, { quality: 70 });
  const turned = [canvas(photo, EXIF), ...chunksOf(lossy), makePart("EXIF", makeExif(6))];
  const small = await cropPhoto(40, 30);
  const frames = [
    frame(small, 0, 0, await encodeWebp(small, { quality: 50 })),
    frame(small, 20, 10, await encodeWebp(withAlpha(small), { lossless: 1 })),
    frame(small, 8, 8, await encodeWebp(withAlpha(small), { quality: 50 })),
  ];
  const animation = [
    canvas(photo, ANIMATED | ALPHA),
    makePart("ANIM", new Uint8Array(6)),
    ...frames,
  ];
  return [
    lossy,
    await encodeWebp(photo, { lossless: 1 }),
    await encodeWebp(faded, { quality: 70 }),
    await encodeWebp(faded, { lossless: 1, exact: 1 }),
    await encodeWebp(photo, { quality: 60, partitions: 3, segments: 4, filter_type: 0 }),
    riff(turned),
    riff(animation),
    riff([canvas(photo, ANIMATED | ALPHA), ...frames.toReversed()]),
    // Of one colour: its data is enough for a picture of any size.
    await encodeWebp({ ...small, data: small.data.slice().fill(200) }, { lossless: 1 }),
    // More than a megapixel, which is reduced after decoding.
    await encodeWebp(await cropPhoto(1100, 1000), { quality: 0, method: 0 }),
  ];
}

function riff(children: Part[]): Uint8Array {
  return writeWebp([makePart("RIFF", EMPTY, { head: latin1("WEBP"), children })]);
}

/** The chunks of a still picture that a frame may contain. */
function chunksOf(file: Uint8Array): Part[] {
  return (parseWebp(file)[0]?.children ?? []).filter(({ type }) => /^VP8[ L]$|^ALPH$/.test(type));
}

function canvas({ width, height }: Photo, flags: number): Part {
  const size = [width, height].map((side) => littleEndian(side - 1, 3));
  return makePart("VP8X", concat([Uint8Array.of(flags, 0, 0, 0), ...size]));
}

function frame({ width, height }: Photo, left: number, top: number, file: Uint8Array): Part {
  const fields = [left / 2, top / 2, width - 1, height - 1, 100].map((field) =>
    littleEndian(field, 3),
  );
  const head = concat([...fields, Uint8Array.of(0)]);
  return makePart("ANMF", EMPTY, { head, children: chunksOf(file) });
}
