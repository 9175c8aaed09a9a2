/** Text and pictures for HTML. */
import { encodeJpeg } from "../../../../src/imaging/jpeg/encode-jpeg.ts";
import type { RgbImage } from "../../../../src/imaging/rgb-image.ts";

/** Of pictures in JPEG. */
const QUALITY = 85;

/** @param alt - as HTML */
export function drawPicture(image: RgbImage, alt: string): string {
  const { width, height } = image;
  const base64 = Buffer.from(encodeJpeg(image, QUALITY)).toString("base64");
  return `<img alt="${alt}" width="${width}" height="${height}" src="data:image/jpeg;base64,${base64}">`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
