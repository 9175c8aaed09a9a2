import { ImageError } from "../errors.ts";

/** The error for a file that breaks its own format; `reason` completes "… is damaged: ". */
export function corruptImage(format: string, reason: string, cause?: unknown): ImageError {
  return new ImageError(
    "IMAGE_CORRUPT",
    `The ${format} is damaged: ${reason}. Export or upload it again.`,
    { details: { format }, cause },
  );
}
