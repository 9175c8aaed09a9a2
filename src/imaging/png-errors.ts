import { ImageError } from "../errors.ts";

/** The error for a PNG that breaks its own format. */
export function corruptPng(reason: string, cause?: unknown): ImageError {
  return new ImageError(
    "IMAGE_CORRUPT",
    `The PNG is damaged: ${reason}. Export or upload it again.`,
    { details: { format: "PNG" }, cause },
  );
}
