import { ImageError } from "../errors.ts";

/** What to do instead, for the formats that people do send. */
const ADVICE: Readonly<Record<string, string>> = {
  HEIC: 'On an iPhone choose Settings, Camera, Formats, "Most Compatible", or export the photo as JPEG',
  HEIF: "Export the photo as JPEG",
  SVG: "It is a drawing, not a photo: render it to PNG",
  HTML: "It is a web page: find the address of the image itself",
  PDF: "Export the page as JPEG or PNG",
};

/**
 * The error for a format that is not decoded.
 *
 * @param name - of the format; undefined where it is not known either
 */
export function unsupportedFormat(name: string | undefined): ImageError {
  if (name === undefined) {
    return new ImageError(
      "IMAGE_UNSUPPORTED",
      "The content is no image of a known format. Send a JPEG, PNG, WebP, GIF or AVIF file, whole and unencrypted.",
    );
  }
  const advice = /video$/.test(name)
    ? "Save one frame as JPEG"
    : (ADVICE[name] ?? "Convert it to JPEG or PNG");
  return new ImageError("IMAGE_UNSUPPORTED", `${name} is not supported. ${advice} and send that.`, {
    details: { format: name },
  });
}
