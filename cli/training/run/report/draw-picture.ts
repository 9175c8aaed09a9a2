/** Text and pictures for HTML. */
import { encode } from "jpeg-js";
import type { RgbImage } from "../../../../src/imaging/rgb-image.ts";

/** Of pictures in JPEG. */
const QUALITY = 85;

/** @param alt - as HTML */
export function drawPicture({ width, height, data }: RgbImage, alt: string): string {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(i * 3, i * 3 + 3), i * 4);
  const file = encode({ width, height, data: rgba }, QUALITY).data;
  return `<img alt="${alt}" width="${width}" height="${height}" src="data:image/jpeg;base64,${file.toString("base64")}">`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
