/** What decoding one file in workerd came to. */
export type FuzzOutcome = {
  /** "crashed" is anything but an image or a typed error. */
  readonly result: "decoded" | "refused" | "crashed";
  /** The size of the picture, or the error. */
  readonly what: string;
  /** The faster of two decodings. */
  readonly ms: number;
  /** Buffers and WebAssembly memory that the first decoding allocated, without the file. */
  readonly peakBytes: number;
  /** What the file was estimated at, without the file; undefined if its header is not readable. */
  readonly estimated: { readonly bytes: number; readonly ms: number } | undefined;
  /** What a decoder that has decoded other files made of it, if something else. */
  readonly again: string | undefined;
  /** What that decoder then made of a sound file, if something else than before. */
  readonly spoiled: string | undefined;
};
