/** How a model expects its input, as `preprocess` and `input.color` of its manifest say. */
export type PreprocessSpec = {
  readonly resize: { readonly shorterSide: number; readonly interpolation: "bilinear" };
  /** Side of the square centre crop, in pixels. */
  readonly crop: number;
  /** Of each channel in RGB order, for values from 0 to 1. */
  readonly mean: readonly [number, number, number];
  /** Of each channel in RGB order, for values from 0 to 1. */
  readonly std: readonly [number, number, number];
};
