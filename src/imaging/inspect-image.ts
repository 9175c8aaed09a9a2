import { ImageError } from "../errors.ts";
import { readAvifHeader } from "./avif/avif-header.ts";
import { readGifHeader } from "./gif/gif-header.ts";
import type { ImageFormat, ImageHeader } from "./image-header.ts";
import { readJpegHeader } from "./jpeg/jpeg-header.ts";
import { readPngHeader } from "./png/png-header.ts";
import { sniffFormat } from "./sniff-format.ts";
import { unsupportedFormat } from "./unsupported-format.ts";
import { readWebpHeader } from "./webp/webp-header.ts";

const READERS: Readonly<Record<ImageFormat, (bytes: Uint8Array) => ImageHeader>> = {
  AVIF: readAvifHeader,
  GIF: readGifHeader,
  JPEG: readJpegHeader,
  PNG: readPngHeader,
  WEBP: readWebpHeader,
};

/**
 * Reads what the header bytes of an image say; nothing is decoded.
 *
 * @throws ImageError IMAGE_EMPTY, IMAGE_UNSUPPORTED (`details.format` names the format where it is
 *   known) or IMAGE_CORRUPT
 */
export function inspectImage(bytes: Uint8Array): ImageHeader {
  if (bytes.byteLength === 0) {
    throw new ImageError(
      "IMAGE_EMPTY",
      "The image is empty: it has 0 bytes. Check that the file was read before it was sent.",
    );
  }
  const sniffed = sniffFormat(bytes);
  if (!sniffed.decodable) throw unsupportedFormat(sniffed.name);
  return READERS[sniffed.format](bytes);
}
