/** Options that state the facts of a network that its file does not contain. */
import { modelVersionSchema } from "../../src/models/version-ref.ts";
import { CliError } from "../cli-error.ts";
import type { OptionSpecs } from "../command/option-specs.ts";

export const DEFAULT_INPUT_SIZE = 224;
/** The side of the crop as a fraction of the shorter side: TorchVision resizes to 256 and crops 224. */
export const CROP_FRACTION = 0.875;

const IMAGENET_MEAN = "0.485,0.456,0.406";
const IMAGENET_STD = "0.229,0.224,0.225";

/** Sides of an input, in pixels. */
export const SIDES = { min: 32, max: 1024, integer: true } as const;

export const FACT_OPTIONS = {
  inputSize: {
    type: "number",
    ...SIDES,
    placeholder: "N",
    help: "side of the input in pixels",
    defaultText: String(DEFAULT_INPUT_SIZE),
  },
  resize: {
    type: "number",
    ...SIDES,
    placeholder: "N",
    help: "shorter side of the photo before the crop",
    defaultText: `input size / ${CROP_FRACTION}`,
  },
  mean: {
    type: "text",
    placeholder: "R,G,B",
    help: "mean on the scale 0..1, one number for each channel or one for all",
    defaultText: IMAGENET_MEAN,
    parse: readTriple,
  },
  std: {
    type: "text",
    placeholder: "R,G,B",
    help: "standard deviation, in the same form",
    defaultText: IMAGENET_STD,
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
