import { ModelError } from "../errors.ts";

/**
 * A model gives no usable answer for one image, but works with others. It must not be marked as bad:
 * anyone could send such an image, and other callers would get another version.
 */
export class ImageSpecificError extends ModelError {
  constructor(model: string, cause: unknown) {
    super(
      "MODEL_UNAVAILABLE",
      `${model} gives no usable answer for this image, although it works with others. Use another model or another image.`,
      { cause },
    );
  }
}
