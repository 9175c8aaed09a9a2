import { ImageError } from "../errors.ts";
import type { ImageHeader } from "./image-header.ts";
import { readJpegHeader } from "./jpeg-header.ts";
import { readPngHeader } from "./png-header.ts";
import { sniffFormat } from "./sniff-format.ts";

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
  if (!sniffed.decodable) throw unsupported(sniffed.name);
  const { format } = sniffed;
  const { width, height, orientation } =
    format === "JPEG" ? readJpegHeader(bytes) : readPngHeader(bytes);
  return { format, width, height, orientation };
}

function unsupported(name: string | undefined): ImageError {
  if (name === undefined) {
    return new ImageError(
      "IMAGE_UNSUPPORTED",
      "The content is no image of a known format. Send a JPEG or PNG file, whole and unencrypted.",
    );
  }
  return new ImageError(
    "IMAGE_UNSUPPORTED",
    `${name} is not supported. Convert the picture to JPEG or PNG and send that.`,
    { details: { format: name } },
  );
}
