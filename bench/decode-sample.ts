/** What decoding one file took, or why it was refused. */
export type DecodeSample =
  | { readonly ms: number; readonly peakBytes: number; readonly estimatedBytes: number }
  | { readonly refused: string };
