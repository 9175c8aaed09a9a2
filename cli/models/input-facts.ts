/** What a network's file does not say about its input: how photos are brought to it. */
import type { Size } from "../../src/imaging/choose-reduction.ts";
import type { Triple } from "../../src/imaging/preprocess-spec.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { preprocessOf } from "../../src/models/preprocess-of.ts";
import { CliError } from "../cli-error.ts";
import { requireInRange } from "../command/read-value.ts";
import type { Options } from "../define-command.ts";
import {
  CROP_FRACTION,
  DEFAULT_MEAN,
  DEFAULT_STD,
  type FACT_OPTIONS,
  SIDES,
} from "./fact-options.ts";

type Preprocess = ModelManifest["preprocess"];
type FactOptions = Options<typeof FACT_OPTIONS>;

export type InputFacts = {
  /** Undefined if no option states it: then it is that of the network. */
  readonly size: Size | undefined;
  /** For a network that leaves its size open; undefined if --like does not state it. */
  readonly openSize: Size | undefined;
  /** Undefined if it has to be detected. */
  readonly layout: "nchw" | "nhwc" | undefined;
  readonly color: ModelManifest["input"]["color"];
  /** @throws CliError OPTION_INVALID if --resize is smaller than the input */
  readonly preprocessFor: (size: Size) => Preprocess;
};

/**
 * @param like - the manifest that --like names
 * @param inputSize - the side of the input if no option states it
 * @throws CliError OPTION_INVALID
 */
export function readInputFacts(
  options: FactOptions,
  like: ModelManifest | undefined,
  inputSize: number | undefined,
): InputFacts {
  const spec = like && preprocessOf(like);
  const square = inputSize === undefined ? undefined : { width: inputSize, height: inputSize };
  const size = options.inputSize ?? square;
  const openSize = spec && { width: spec.width, height: spec.height };
  const color = options.color === "bgr" ? "BGR" : options.color === "rgb" ? "RGB" : spec?.color;
  const normalisation = readNormalisation(options, like);
  const facts: InputFacts = {
    size,
    openSize,
    layout: options.layout,
    color: color ?? "RGB",
    preprocessFor: (input) => ({ ...readFit(options, like, input), ...normalisation }),
  };
  // So that what is wrong is said before anything is downloaded.
  facts.preprocessFor(size ?? { width: SIDES.min, height: SIDES.min });
  return facts;
}

function readFit(
  options: FactOptions,
  like: ModelManifest | undefined,
  size: Size,
): Pick<Preprocess, "resize" | "crop"> {
  const old = like && preprocessOf(like);
  const fit = options.fit ?? old?.resize.fit ?? "crop";
  const interpolation = options.interpolation ?? old?.resize.interpolation ?? "bilinear";
  if (fit !== "letterbox" && options.padding !== undefined) {
    throw new CliError("OPTION_INVALID", {
      what: "--padding is not valid.",
      why: `With --fit ${fit}, a photo fills the input, so nothing is padded.`,
      fix: "Leave out --padding, or give --fit letterbox.",
    });
  }
  if (fit !== "crop") {
    if (options.resize !== undefined) {
      throw new CliError("OPTION_INVALID", {
        what: "--resize is not valid.",
        why: `With --fit ${fit}, a photo is resized to the size of the input, and nothing is cut off.`,
        fix: "Leave out --resize, or give --fit crop.",
      });
    }
    const padding =
      options.padding ?? (old?.resize.fit === "letterbox" ? old.resize.padding : undefined);
    return fit === "letterbox" && padding
      ? { resize: { fit, interpolation, padding: [...padding] } }
      : { resize: { fit, interpolation } };
  }
  const side = Math.min(size.width, size.height);
  const isLike = old?.width === size.width && old.height === size.height;
  const shorterSide =
    options.resize === undefined
      ? isLike && old.resize.fit === "crop"
        ? old.resize.shorterSide
        : Math.round(side / CROP_FRACTION)
      : requireInRange(options.resize, "--resize", { ...SIDES, min: side });
  return {
    resize: { shorterSide, interpolation },
    crop: size.width === size.height ? side : { width: size.width, height: size.height },
  };
}

/** Of a manifest, so on the scale 0..1. */
function readNormalisation(
  options: FactOptions,
  like: ModelManifest | undefined,
): Pick<Preprocess, "mean" | "std"> {
  const scale = options.scale === undefined ? undefined : Number(options.scale);
  for (const name of ["mean", "std"] as const) {
    const values = options[name];
    if (values) requireOnScale(values, `--${name}`, scale);
  }
  if (scale !== undefined) {
    const { mean = [0, 0, 0], std = [1, 1, 1] } = options;
    return { mean: divide(mean, scale), std: divide(std, scale) };
  }
  return {
    mean: [...(options.mean ?? like?.preprocess.mean ?? DEFAULT_MEAN)],
    std: [...(options.std ?? like?.preprocess.std ?? DEFAULT_STD)],
  };
}

/** Values of the other scale are the usual slip: the network would see nothing but noise. */
function requireOnScale(values: Triple, label: string, scale = 1): void {
  const largest = Math.max(...values.map(Math.abs));
  const text = values.every((value) => value === values[0]) ? values[0] : values.join(",");
  if (scale === 1 && largest > 1) {
    throw new CliError("OPTION_INVALID", {
      what: `${label} is not valid.`,
      why: `It is ${text}, but is taken on the scale 0..1. Does the network want values on the scale 0..255?`,
      fix: "If so, add --scale 255. Otherwise divide --mean and --std by 255.",
    });
  }
  const isSmall = largest > 0 && (label === "--mean" ? largest <= 1 : largest < 1);
  if (scale === 255 && isSmall) {
    throw new CliError("OPTION_INVALID", {
      what: `${label} is not valid.`,
      why: `It is ${text}, but with --scale 255 it is taken on the scale 0..255. Is it on the scale 0..1?`,
      fix: "If so, leave out --scale. Otherwise multiply --mean and --std by 255.",
    });
  }
}

function divide(values: Triple, divisor: number): [number, number, number] {
  return [values[0] / divisor, values[1] / divisor, values[2] / divisor];
}
