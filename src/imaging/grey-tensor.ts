import type { PreprocessSpec } from "./preprocess-spec.ts";

const GREY = 0.5;

/**
 * Makes a model's input for an even grey image. A model that cannot run it is broken, whatever the photo.
 *
 * @returns [1, 3, crop, crop]
 */
export function greyTensor({ crop, mean, std }: PreprocessSpec): Float32Array {
  const plane = crop * crop;
  const tensor = new Float32Array(3 * plane);
  for (const channel of [0, 1, 2] as const) {
    const value = (GREY - mean[channel]) / std[channel];
    tensor.fill(value, channel * plane, (channel + 1) * plane);
  }
  return tensor;
}
