/** Photos of odd shapes, and the sizes of pictures. */
import { decode as decodePng, encode as encodePng } from "fast-png";
import { exifBlock } from "../../imaging/support/exif-block.ts";
import { readRepoFile } from "./repo-file.ts";

/** Returns the width and the height of a PNG in a data URI. */
export function pngSize(uri: string): number[] {
  const binary = atob(uri.slice(uri.indexOf(",") + 1));
  const { width, height } = decodePng(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
  return [width, height];
}

/** Puts examples/espresso.png, which has 600 x 400 px, at the left end of a grey wall. */
export async function makePanorama(width: number, height = 400): Promise<Uint8Array<ArrayBuffer>> {
  const photo = decodePng(await readRepoFile("examples/espresso.png"));
  const data = new Uint8Array(width * height * 3).fill(128);
  for (let y = 0; y < photo.height; y++) {
    const row = photo.data.subarray(y * photo.width * 3, (y + 1) * photo.width * 3);
    data.set(row as Uint8Array, y * width * 3);
  }
  return Uint8Array.from(encodePng({ width, height, data, channels: 3, depth: 8 }));
}

/** Writes an EXIF segment behind the start of a JPEG. */
export function withOrientation(jpeg: Uint8Array, orientation: number): Uint8Array<ArrayBuffer> {
  const exif = [...new TextEncoder().encode("Exif\0\0"), ...exifBlock({ value: orientation })];
  const length = exif.length + 2;
  return Uint8Array.of(
    ...jpeg.subarray(0, 2),
    ...[0xff, 0xe1, length >> 8, length & 0xff],
    ...exif,
    ...jpeg.subarray(2),
  );
}
