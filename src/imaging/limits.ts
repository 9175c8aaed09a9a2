/** What an image may cost at most. Checked on header bytes, before anything is allocated. */
export type ImageLimits = {
  /** Encoded size in bytes. */
  readonly maxBytes: number;
  /** Longest side in pixels. */
  readonly maxSide: number;
  /** Width times height of formats that are reduced while they are decoded: JPEG, PNG, GIF. */
  readonly maxPixels: number;
  /** Width times height of formats that are decoded whole: WebP, AVIF. */
  readonly maxWholePixels: number;
  /** Frames of an animation, of which only the first is decoded. */
  readonly maxFrames: number;
  /** Estimated peak memory of decoding, in bytes. */
  readonly maxDecodeBytes: number;
};
