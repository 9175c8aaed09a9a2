import { ImageError } from "../errors.ts";
import type { AnyCodec, HeaderOf } from "./codec.ts";
import { CODECS } from "./codecs.ts";
import { recogniseLostBytes } from "./foreign/changed-bytes.ts";
import { recogniseForeign } from "./foreign/foreign-formats.ts";
import { foreignFormat, unknownFormat } from "./image-errors.ts";
import type { ImageHeader } from "./image-header.ts";

/**
 * Reads the header of an image. Nothing is decoded, and a file name or media type does not matter:
 * the format is recognised by content.
 *
 * @throws ImageError IMAGE_EMPTY, IMAGE_UNSUPPORTED (`details.format` names the format if it is
 *   known) or IMAGE_CORRUPT
 */
export function inspectImage(bytes: Uint8Array): ImageHeader {
  return inspectWith(CODECS, bytes);
}

/** {@link inspectImage} with a table of codecs other than the default one. */
export function inspectWith<const Codecs extends readonly AnyCodec[]>(
  codecs: Codecs,
  bytes: Uint8Array,
): HeaderOf<Codecs> {
  if (bytes.byteLength === 0) {
    throw new ImageError(
      "IMAGE_EMPTY",
      "The image is empty: it has 0 bytes. Check that the file was read before it was sent.",
    );
  }
  const lost = recogniseLostBytes(bytes);
  if (lost) throw foreignFormat(lost);
  const codec = codecs.find((row) => row.matches(bytes));
  if (codec) return codec.readHeader(bytes) as HeaderOf<Codecs>;
  const foreign = recogniseForeign(bytes);
  throw foreign ? foreignFormat(foreign) : unknownFormat(codecs.map((row) => row.name));
}
