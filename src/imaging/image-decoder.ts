import type { ImageHeader } from "./image-header.ts";
import type { ImageLimits } from "./limits.ts";
import type { RgbImage } from "./rgb-image.ts";

/** An image, upright and opaque. */
export type DecodedImage = { readonly header: ImageHeader; readonly image: RgbImage };

/** What a decoder must keep to. */
export type DecodeOptions = {
  readonly limits: ImageLimits;
  /**
   * The shorter side that the caller needs, in pixels. A decoder may reduce the image while it
   * decodes, as long as no side that was longer becomes shorter than this.
   */
  readonly minShorterSide: number;
};

/**
 * Turns an encoded image into pixels: EXIF orientation applied, alpha composited over white.
 * Rejects with an ImageError.
 */
export type ImageDecoder = (bytes: Uint8Array, options: DecodeOptions) => Promise<DecodedImage>;
