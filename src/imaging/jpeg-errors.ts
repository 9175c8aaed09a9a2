import { ImageError } from "../errors.ts";

/** The error for a JPEG that breaks its own format. */
export function corruptJpeg(reason: string, cause?: unknown): ImageError {
  return new ImageError(
    "IMAGE_CORRUPT",
    `The JPEG is damaged: ${reason}. Export or upload it again.`,
    { details: { format: "JPEG" }, cause },
  );
}
