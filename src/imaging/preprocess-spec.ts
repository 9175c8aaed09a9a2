/** The preprocessing of a model as its manifest states it (`preprocess` and `input.color`). */
export type PreprocessSpec = {
  readonly resize: { readonly shorterSide: number; readonly interpolation: "bilinear" };
  /** Side of the square centre crop, in pixels. */
  readonly crop: number;
  /** Per channel, in RGB order, on the 0..1 scale. */
  readonly mean: readonly [number, number, number];
  /** Per channel, in RGB order, on the 0..1 scale. */
  readonly std: readonly [number, number, number];
};
