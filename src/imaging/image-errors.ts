/** The errors that the formats share. */
import { ImageError } from "../errors.ts";
import { joinNames } from "./formats.ts";

/** What to do instead, for formats that people often send. */
const ADVICE: Readonly<Record<string, string>> = {
  HEIC: 'On an iPhone choose Settings, Camera, Formats, "Most Compatible", or export the photo as JPEG',
  HEIF: "Export the photo as JPEG",
  SVG: "It is a drawing, not a photo: render it to PNG",
  HTML: "It is a web page: find the address of the image itself",
  PDF: "Export the page as JPEG or PNG",
};

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

/** A format that is recognised but not decoded. */
export function unsupportedFormat(name: string): ImageError {
  const advice = /video$/.test(name)
    ? "Save one frame as JPEG"
    : (ADVICE[name] ?? "Convert it to JPEG or PNG");
  return new ImageError("IMAGE_UNSUPPORTED", `${name} is not supported. ${advice} and send that.`, {
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
