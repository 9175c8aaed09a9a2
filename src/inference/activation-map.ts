import type { FeatureMap } from "./network.ts";

/** How much each place of the input speaks for one class. */
export type ActivationMap = {
  readonly width: number;
  readonly height: number;
  /** [height, width], 0 to 1; the strongest place is 1. */
  readonly data: Float32Array;
};

/**
 * The class activation map: the feature maps, weighted by the class's row of the classifier. What
 * speaks against the class is 0. Source: Zhou et al. 2016, "Learning deep features for discriminative
 * localization".
 *
 * @param weights - [channels]
 * @throws RangeError where there are not as many weights as channels
 */
export function activationMap(features: FeatureMap, weights: Float32Array): ActivationMap {
  const { channels, width, height } = features;
  if (weights.length !== channels) {
    throw new RangeError(`There are ${weights.length} weights for ${channels} channels.`);
  }
  const places = width * height;
  const sums = new Float32Array(places);
  for (let channel = 0; channel < channels; channel++) {
    const weight = weights[channel] as number;
    for (let i = 0; i < places; i++) {
      sums[i] = (sums[i] as number) + weight * (features.data[channel * places + i] as number);
    }
  }
  const max = sums.reduce((a, b) => Math.max(a, b), 0);
  return { width, height, data: sums.map((sum) => (max > 0 ? Math.max(sum, 0) / max : 0)) };
}
