/** The time and memory that decoding one file took, or why it was rejected. */
export type DecodeSample =
  | { readonly ms: number; readonly peakBytes: number; readonly estimatedBytes: number }
  | { readonly rejected: string };
