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

/** Turns encoded images into pixels. */
export type ImageDecoder = {
  /**
   * EXIF orientation (and AVIF's rotation and mirroring) applied, alpha composited over white.
   * Rejects with an ImageError; limits are checked before anything is allocated.
   */
  decode(bytes: Uint8Array, options: DecodeOptions): Promise<DecodedImage>;
  /**
   * Checks an image by its header alone.
   *
   * @throws ImageError IMAGE_UNSUPPORTED where this decoder lacks the format, IMAGE_TOO_LARGE
   */
  check(header: ImageHeader, fileBytes: number, options: DecodeOptions): void;
  /** Estimated peak memory of decoding in bytes, from the header alone; the file is counted. */
  estimateBytes(header: ImageHeader, fileBytes: number, minShorterSide: number): number;
};
