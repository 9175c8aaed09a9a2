/** Folds the batch normalisation after a convolution into the convolution. */

/** The parameters of a batch normalisation, [C] each. */
export type Normalisation = {
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly epsilon: number;
};

/**
 * Computes the weight `w·γ/√(σ²+ε)` and the bias `(b − μ)·γ/√(σ²+ε) + β`.
 *
 * @param weight - [C, …], row-major
 * @param bias - [C]; undefined if the convolution has none
 */
export function foldNormalisation(
  weight: Float32Array,
  bias: Float32Array | undefined,
  { gamma, beta, mean, variance, epsilon }: Normalisation,
): { readonly weight: Float32Array; readonly bias: Float32Array } {
  const perChannel = weight.length / gamma.length;
  const scales = Float64Array.from(
    gamma,
    (value, c) => value / Math.sqrt((variance[c] as number) + epsilon),
  );
  return {
    weight: weight.map((value, i) => value * (scales[Math.floor(i / perChannel)] as number)),
    bias: beta.map(
      (value, c) => value + ((bias?.[c] ?? 0) - (mean[c] as number)) * (scales[c] as number),
    ),
  };
}
