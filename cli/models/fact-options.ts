/** Options that state the facts of a network that its file does not contain. */

import { USUAL_SIDE } from "../../src/graphs/onnx/read-input.ts";
import type { Size } from "../../src/imaging/choose-reduction.ts";
import { modelVersionSchema } from "../../src/models/version-ref.ts";
import { CliError } from "../cli-error.ts";
import type { OptionSpecs } from "../command/option-specs.ts";
import { readNumber, requireInRange } from "../command/read-value.ts";

/** The side of the crop as a fraction of the shorter side: TorchVision resizes to 256 and crops 224. */
export const CROP_FRACTION = 0.875;

const IMAGENET_MEAN = "0.485,0.456,0.406";
const IMAGENET_STD = "0.229,0.224,0.225";

/** Sides of an input, in pixels. */
export const SIDES = { min: 32, max: 1024, integer: true } as const;

export const FACT_OPTIONS = {
  inputSize: {
    type: "text",
    placeholder: "N|HxW",
    help: "size of the input in pixels: its side, or height x width if it is not square",
    defaultText: `that of the network, or ${USUAL_SIDE} if it leaves it open`,
    parse: readInputSize,
  },
  layout: {
    type: "choice",
    choices: ["nchw", "nhwc"],
    placeholder: "NAME",
    help: "order of the dimensions of an ONNX input; TensorFlow and Keras use nhwc, which gets a Transpose in front",
    defaultText: "found in the shape of the input",
  },
  fit: {
    type: "choice",
    choices: ["crop", "stretch", "letterbox"],
    placeholder: "NAME",
    help: "how a photo is brought to the size of the input: crop cuts out the centre; stretch ignores the aspect ratio; letterbox pads",
    defaultText: "crop",
  },
  padding: {
    type: "text",
    placeholder: "R,G,B",
    help: "with --fit letterbox, colour of the padding, three numbers from 0 to 255 or one for all",
    defaultText: "the mean",
    parse: readColor,
  },
  resize: {
    type: "number",
    ...SIDES,
    placeholder: "N",
    help: "with --fit crop, shorter side of the photo before the crop",
    defaultText: `shorter side of the input / ${CROP_FRACTION}`,
  },
  interpolation: {
    type: "choice",
    choices: ["bilinear", "bicubic"],
    placeholder: "NAME",
    help: "Pillow's filter for resizing, with antialiasing",
    defaultText: "bilinear",
  },
  color: {
    type: "choice",
    choices: ["rgb", "bgr"],
    placeholder: "NAME",
    help: "order of the channels; Caffe and OpenCV use bgr",
    defaultText: "rgb",
  },
  scale: {
    type: "choice",
    choices: ["1", "255"],
    placeholder: "N",
    help: "scale of the values: 0..1 or 0..255, before --mean is subtracted and --std divides",
    defaultText: "1",
  },
  mean: {
    type: "text",
    placeholder: "A,B,C",
    help: "mean on this scale, one number for each channel in the order of --color, or one for all",
    defaultText: `${IMAGENET_MEAN}; with --scale, 0`,
    parse: readTriple,
  },
  std: {
    type: "text",
    placeholder: "A,B,C",
    help: "standard deviation, in the same form",
    defaultText: `${IMAGENET_STD}; with --scale, 1`,
    parse: readScales,
  },
  labels: {
    type: "text",
    placeholder: "FILE",
    help: "the classes in output order: one name or id per line, CSV, TSV or JSON (id2label)",
    defaultText: "ImageNet's 1000 classes",
  },
  licence: {
    type: "text",
    placeholder: "TEXT",
    help: "licence of the weights",
    parse: readLicence,
  },
  version: {
    type: "text",
    placeholder: "X.Y.Z",
    help: "version of the model",
    defaultText: "1.0.0",
    parse: readVersion,
  },
  like: {
    type: "text",
    placeholder: "MANIFEST",
    help: "take all of these from another model's manifest.json, or the folder with it",
  },
} as const satisfies OptionSpecs;

/** The mean that TorchVision prepares images with. */
export const DEFAULT_MEAN = readTriple(IMAGENET_MEAN, "--mean");
export const DEFAULT_STD = readTriple(IMAGENET_STD, "--std");

function readInputSize(text: string, label: string): Size {
  const parts = text.toLowerCase().split(/[x×]/);
  if (parts.length > 2) {
    throw new CliError("OPTION_INVALID", {
      what: `${label} is not valid.`,
      why: `It is "${text}", but must be one number, or height x width.`,
      fix: `Give for example ${label} ${USUAL_SIDE} or ${label} 48x96.`,
    });
  }
  const [height = Number.NaN, width = height] = parts.map((part) => readNumber(part, label, SIDES));
  return { width, height };
}

function readTriple(text: string, label: string): [number, number, number] {
  const numbers = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const [first = Number.NaN, second = first, third = first] = numbers;
  const isComplete = numbers.length === 1 || numbers.length === 3;
  if (isComplete && [first, second, third].every(Number.isFinite)) return [first, second, third];
  throw new CliError("OPTION_INVALID", {
    what: `${label} is not valid.`,
    why: `It is "${text}", but must be one number, or three separated by commas.`,
    fix: `Give numbers, such as ${label} 0.5 or ${label} ${IMAGENET_MEAN}.`,
  });
}

function readColor(text: string, label: string): [number, number, number] {
  const color = readTriple(text, label);
  for (const value of color) requireInRange(value, label, { min: 0, max: 255, integer: true });
  return color;
}

function readScales(text: string, label: string): [number, number, number] {
  const scales = readTriple(text, label);
  if (scales.every((scale) => scale > 0)) return scales;
  throw new CliError("OPTION_INVALID", {
    what: `${label} is not valid.`,
    why: `It is "${text}", but values are divided by it, so it must be above 0.`,
    fix: `Give positive numbers, such as ${label} ${IMAGENET_STD}.`,
  });
}

function readVersion(text: string, label: string): string {
  if (modelVersionSchema.safeParse(text).success) return text;
  throw new CliError("OPTION_INVALID", {
    what: `${label} is not valid.`,
    why: `"${text}" is not a semantic version: three numbers without leading zeros, separated by dots.`,
    fix: `Give a version such as ${label} 1.0.0.`,
  });
}

function readLicence(text: string, label: string): string {
  if (text.trim() !== "") return text;
  throw new CliError("OPTION_INVALID", {
    what: `${label} is not valid.`,
    why: "It is empty.",
    fix: `Give the name of a licence, such as ${label} Apache-2.0, or leave the option out.`,
  });
}
