/** The errors that the formats share. */
import { ImageError } from "../errors.ts";
import type { ForeignFormat } from "./foreign/foreign-format.ts";
import { joinNames } from "./formats.ts";

/**
 * A file that does not follow the rules of its format.
 *
 * @param reason - completes "The … is damaged: "
 */
export function corruptImage(format: string, reason: string, cause?: unknown): ImageError {
  return new ImageError(
    "IMAGE_CORRUPT",
    `The ${format} is damaged: ${reason}. Export or upload it again.`,
    { details: { format }, cause },
  );
}

/** A format that this decoder lacks. */
export function unsupportedFormat(name: string): ImageError {
  return foreignFormat({ name, advice: "Convert it to JPEG or PNG and send that." });
}

/** Content that is recognised but not decoded. */
export function foreignFormat({ name, advice }: ForeignFormat): ImageError {
  return new ImageError("IMAGE_UNSUPPORTED", `${name} is not supported. ${advice}`, {
    details: { format: name },
  });
}

/**
 * A variant of a format that is decoded otherwise.
 *
 * @param reason - completes "This AVIF …"
 */
export function unsupportedVariant(format: string, reason: string): ImageError {
  return new ImageError(
    "IMAGE_UNSUPPORTED",
    `This ${format} ${reason}, which is not supported. Export it as JPEG or PNG and send that.`,
    { details: { format } },
  );
}

/**
 * Content that is not recognised.
 *
 * @param decodable - names of the formats that can be sent instead
 */
export function unknownFormat(decodable: readonly string[]): ImageError {
  return new ImageError(
    "IMAGE_UNSUPPORTED",
    `The content is not an image of a known format. Send a ${joinNames(decodable, "or")} file, whole and unencrypted.`,
  );
}
