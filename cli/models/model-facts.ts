/** The facts of a network that its file does not tell: how images are prepared, which classes it has. */
import { readFile } from "node:fs/promises";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { synsetSchema } from "../../src/models/manifest.ts";
import { CliError } from "../cli-error.ts";
import { type Options, readNumber } from "../command.ts";
import { readManifest } from "./model-folder.ts";

/** Options that state facts. */
export const FACT_OPTIONS = {
  "input-size": "string",
  resize: "string",
  mean: "string",
  std: "string",
  labels: "string",
  licence: "string",
  version: "string",
  like: "string",
} as const;

export const FACT_USAGE = `  --input-size N      side of the input in pixels (default 224)
  --resize N          shorter side of the photo before the crop (default input / 0.875)
  --mean R,G,B        on the scale 0..1 (default 0.485,0.456,0.406); one number for all three
  --std R,G,B         (default 0.229,0.224,0.225)
  --labels FILE       the classes in output order, one synset a line (default ImageNet's 1000)
  --licence TEXT      of the weights
  --version X.Y.Z     (default 1.0.0)
  --like MANIFEST     all of these as in another model's manifest.json`;

/** What a manifest says beside the files. */
export type ModelFacts = Pick<ModelManifest, "version" | "preprocess" | "labels" | "licence"> & {
  /** As --like has it. */
  readonly architecture: string | undefined;
};

const DEFAULT_INPUT_SIZE = 224;
/** torchvision resizes to 256 and crops 224. */
const CROP_SHARE = 0.875;
const IMAGENET_MEAN = [0.485, 0.456, 0.406] as const;
const IMAGENET_STD = [0.229, 0.224, 0.225] as const;
/** Of an input, in pixels. */
export const SIDES = { min: 32, max: 1024, integer: true } as const;

/**
 * Reads the facts.
 *
 * @param fallbacks - the licence, where no option says
 * @throws CliError
 */
export async function readFacts(
  options: Options<typeof FACT_OPTIONS>,
  fallbacks: { readonly licence: string; readonly inputSize?: number | undefined },
): Promise<ModelFacts> {
  const like = options.like === undefined ? undefined : await readManifest(options.like);
  const crop =
    readNumber("input-size", options["input-size"], SIDES) ??
    fallbacks.inputSize ??
    like?.preprocess.crop ??
    DEFAULT_INPUT_SIZE;
  const shorterSide =
    readNumber("resize", options.resize, { ...SIDES, min: crop }) ??
    (like?.preprocess.crop === crop
      ? like.preprocess.resize.shorterSide
      : Math.round(crop / CROP_SHARE));
  return {
    version: options.version ?? like?.version ?? "1.0.0",
    architecture: like?.architecture,
    licence: options.licence ?? like?.licence ?? fallbacks.licence,
    preprocess: {
      resize: { shorterSide, interpolation: "bilinear" },
      crop,
      mean: readTriple("mean", options.mean) ?? like?.preprocess.mean ?? [...IMAGENET_MEAN],
      std: readTriple("std", options.std) ?? like?.preprocess.std ?? [...IMAGENET_STD],
    },
    labels:
      options.labels === undefined
        ? (like?.labels ?? { table: "imagenet1k" })
        : { table: "imagenet1k", synsets: await readSynsets(options.labels) },
  };
}

function readTriple(
  option: string,
  text: string | undefined,
): [number, number, number] | undefined {
  if (text === undefined) return undefined;
  const numbers = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const [first = Number.NaN, second = first, third = first] = numbers;
  const given = numbers.length === 1 || numbers.length === 3;
  if (given && [first, second, third].every(Number.isFinite)) return [first, second, third];
  throw new CliError(
    `--${option} is wrong.`,
    `It is ${text}, but must be one number or three with commas between them.`,
    `Give it as in --${option} 0.5 or --${option} ${IMAGENET_MEAN.join(",")}.`,
  );
}

async function readSynsets(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new CliError(
      `${path} cannot be read.`,
      `${cause.message}.`,
      "Give a file's path.",
      cause,
    );
  });
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const synsets = lines.map((line) => line.trim().split(/\s+/)[0] as string);
  const wrong = synsets.find((synset) => !synsetSchema.safeParse(synset).success);
  if (wrong === undefined) return synsets;
  throw new CliError(
    `${path} is no list of classes.`,
    `"${wrong}" is no synset id.`,
    "Write one a line, such as n02123045, in the order of the network's output.",
  );
}
