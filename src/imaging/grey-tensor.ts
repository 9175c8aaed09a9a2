import type { PreprocessSpec } from "./preprocess-spec.ts";

const GREY = 0.5;

/**
 * Makes a network's input for an even grey image. A network that cannot run it is broken, whatever the photo.
 *
 * @returns [1, 3, height, width]
 */
export function greyTensor({ width, height, mean, std }: PreprocessSpec): Float32Array {
  const plane = width * height;
  const tensor = new Float32Array(3 * plane);
  for (const channel of [0, 1, 2] as const) {
    const value = (GREY - mean[channel]) / std[channel];
    tensor.fill(value, channel * plane, (channel + 1) * plane);
  }
  return tensor;
}
