import type { Layout } from "./layout.ts";
import { type Placement, placePhoto, placePicture } from "./place-photo.ts";
import type { Interpolation, PreprocessSpec, Triple } from "./preprocess-spec.ts";
import { resize } from "./resize.ts";
import type { RgbImage } from "./rgb-image.ts";

/** Indices of red, green and blue in the order that a network takes them. */
const CHANNELS = { RGB: [0, 1, 2], BGR: [2, 1, 0] } as const;

/**
 * Makes a network's input like TorchVision's `Resize`, `CenterCrop`, `ToTensor` and `Normalize`, or as the spec
 * says otherwise.
 *
 * @param image - any size; not modified
 * @returns [1, 3, height, width] unless the layout says otherwise, (value / 255 - mean) / std
 */
export function imageToTensor(
  image: RgbImage,
  spec: PreprocessSpec,
  layout: Layout = "NCHW",
): Float32Array {
  return normalize(fitToInput(image, spec).data, spec, layout);
}

/** Makes an 8-bit image of the size of the input, with padding if the photo is letterboxed. */
export function fitToInput(image: RgbImage, spec: PreprocessSpec): RgbImage {
  const { width, height } = spec;
  const placement = placePhoto(image, spec);
  const photo = resizeTo(image, placement, spec.resize.interpolation);
  if (photo.width === width && photo.height === height) return photo;
  const data = new Uint8Array(width * height * 3);
  const padding = paddingOf(spec);
  for (let i = 0; i < data.length; i += 3) data.set(padding, i);
  for (let y = 0; y < photo.height; y++) {
    const row = photo.data.subarray(y * photo.width * 3, (y + 1) * photo.width * 3);
    data.set(row, ((placement.top + y) * width + placement.left) * 3);
  }
  return { width, height, data };
}

/**
 * Makes a picture for people of the part of a photo that the network sees, in the aspect ratio of the photo.
 *
 * @param longerSide - of the picture, in pixels
 */
export function cutSeen(image: RgbImage, spec: PreprocessSpec, longerSide: number): RgbImage {
  return resizeTo(image, placePicture(image, spec, longerSide), spec.resize.interpolation);
}

function resizeTo(
  image: RgbImage,
  { resized, region }: Placement,
  interpolation: Interpolation,
): RgbImage {
  return resize(image, { ...resized, region, interpolation });
}

/** In RGB. */
function paddingOf({ resize: options, color, mean }: PreprocessSpec): Triple {
  if (options.fit === "letterbox" && options.padding) return options.padding;
  const [red, green, blue] = CHANNELS[color];
  const level = (channel: 0 | 1 | 2) => Math.min(Math.max(Math.round(mean[channel] * 255), 0), 255);
  return [level(red), level(green), level(blue)];
}

/**
 * Normalises pixels that have the size of the input.
 *
 * @param rgb - [H, W, 3]
 * @returns [3, H, W] unless the layout says otherwise, (value / 255 - mean) / std
 */
export function normalize(
  rgb: Uint8Array,
  spec: PreprocessSpec,
  layout: Layout = "NCHW",
): Float32Array {
  return layout === "NHWC" ? toPixels(rgb, spec) : toPlanes(rgb, spec);
}

function toPlanes(rgb: Uint8Array, spec: PreprocessSpec): Float32Array {
  const plane = rgb.length / 3;
  const tensor = new Float32Array(rgb.length);
  for (const channel of [0, 1, 2] as const) {
    const levels = levelsOf(spec, channel);
    const start = channel * plane;
    for (let i = 0, from = CHANNELS[spec.color][channel]; i < plane; i++, from += 3) {
      tensor[start + i] = levels[rgb[from] as number] as number;
    }
  }
  return tensor;
}

/** One pass over the memory is faster than one for each channel. */
function toPixels(rgb: Uint8Array, spec: PreprocessSpec): Float32Array {
  const tensor = new Float32Array(rgb.length);
  const [a, b, c] = [levelsOf(spec, 0), levelsOf(spec, 1), levelsOf(spec, 2)];
  const [fromA, fromB, fromC] = CHANNELS[spec.color];
  for (let i = 0; i < rgb.length; i += 3) {
    tensor[i] = a[rgb[i + fromA] as number] as number;
    tensor[i + 1] = b[rgb[i + fromB] as number] as number;
    tensor[i + 2] = c[rgb[i + fromC] as number] as number;
  }
  return tensor;
}

/** What each of the 256 values of a channel becomes. */
function levelsOf({ mean, std }: PreprocessSpec, channel: 0 | 1 | 2): Float32Array {
  const levels = new Float32Array(256);
  for (let value = 0; value < 256; value++) {
    levels[value] = (value / 255 - mean[channel]) / std[channel];
  }
  return levels;
}
