/** The order of the values of an image in a tensor: channel by channel, or pixel by pixel. */
export type Layout = "NCHW" | "NHWC";

/** Copies an image [1, C, H, W] to [1, H, W, C]. */
export function toNhwc(image: Float32Array, channels: number, target: Float32Array): void {
  const area = image.length / channels;
  for (let channel = 0; channel < channels; channel++) {
    let to = channel;
    const end = (channel + 1) * area;
    for (let from = channel * area; from < end; from++) {
      target[to] = image[from] as number;
      to += channels;
    }
  }
}

/** Copies an image [1, H, W, C] to [1, C, H, W]. */
export function toNchw(image: Float32Array, channels: number): Float32Array {
  const area = image.length / channels;
  const target = new Float32Array(image.length);
  for (let channel = 0; channel < channels; channel++) {
    let from = channel;
    const end = (channel + 1) * area;
    for (let to = channel * area; to < end; to++) {
      target[to] = image[from] as number;
      from += channels;
    }
  }
  return target;
}
