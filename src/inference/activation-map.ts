import type { FeatureMap } from "./network.ts";
import { unusableModel } from "./unusable-model.ts";

/** How much each position of the input speaks for one class. */
export type ActivationMap = {
  readonly width: number;
  readonly height: number;
  /** [height, width], 0 to 1; the strongest position is 1. */
  readonly data: Float32Array;
};

/**
 * Computes the class activation map: the sum of the feature maps, weighted by the class's row of the
 * head. Evidence against the class becomes 0.
 *
 * Source: Zhou et al. 2016, "Learning deep features for discriminative localization".
 *
 * @param weights - [channels]
 * @throws ModelError MODEL_UNAVAILABLE if the number of weights is not the number of channels
 */
export function activationMap(features: FeatureMap, weights: Float32Array): ActivationMap {
  const { channels, width, height, data } = features;
  if (weights.length !== channels) {
    throw unusableModel(
      `The head of the model has ${weights.length} weights for each class, but its features have ${channels} channels.`,
    );
  }
  const positions = width * height;
  const sums = new Float32Array(positions);
  for (let channel = 0; channel < channels; channel++) {
    const weight = weights[channel] as number;
    for (let i = 0; i < positions; i++) {
      sums[i] = (sums[i] as number) + weight * (data[channel * positions + i] as number);
    }
  }
  const max = sums.reduce((a, b) => Math.max(a, b), 0);
  return { width, height, data: sums.map((sum) => (max > 0 ? Math.max(sum, 0) / max : 0)) };
}
