/** What an image may cost at most. Checked on header bytes, before anything is allocated. */
export type ImageLimits = {
  /** Encoded size in bytes. */
  readonly maxBytes: number;
  /** Width times height. */
  readonly maxPixels: number;
  /** Longest side in pixels. */
  readonly maxSide: number;
};
