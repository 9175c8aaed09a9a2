/** The facts of a network that its file does not contain: how images are prepared, which classes it has. */
import type { ModelManifest } from "../../src/models/manifest.ts";
import { synsetSchema } from "../../src/models/manifest.ts";
import { CliError } from "../cli-error.ts";
import { requireInRange } from "../command/read-value.ts";
import type { Options } from "../define-command.ts";
import { readTextOrFail } from "../files/read-file.ts";
import { DEFAULT_MEAN, DEFAULT_STD, type FACT_OPTIONS, SIDES } from "./fact-options.ts";
import { readManifest } from "./model-folder.ts";

/** What a manifest states apart from the files. */
export type ModelFacts = Pick<ModelManifest, "version" | "preprocess" | "labels" | "licence"> & {
  /** As --like has it. */
  readonly architecture: string | undefined;
};

const DEFAULT_INPUT_SIZE = 224;
/** torchvision resizes to 256 and crops 224. */
const CROP_SHARE = 0.875;

/**
 * Reads the facts.
 *
 * @param fallbacks - used if neither an option nor --like states them
 * @throws CliError FILE_UNREADABLE, FILE_INVALID, MANIFEST_INVALID, OPTION_INVALID
 */
export async function readFacts(
  options: Options<typeof FACT_OPTIONS>,
  fallbacks: { readonly licence: string; readonly inputSize?: number | undefined },
): Promise<ModelFacts> {
  const like = options.like === undefined ? undefined : await readManifest(options.like);
  const crop =
    options.inputSize ?? fallbacks.inputSize ?? like?.preprocess.crop ?? DEFAULT_INPUT_SIZE;
  const shorterSide =
    options.resize === undefined
      ? like?.preprocess.crop === crop
        ? like.preprocess.resize.shorterSide
        : Math.round(crop / CROP_SHARE)
      : requireInRange(options.resize, "--resize", { ...SIDES, min: crop });
  return {
    version: options.version ?? like?.version ?? "1.0.0",
    architecture: like?.architecture,
    licence: options.licence ?? like?.licence ?? fallbacks.licence,
    preprocess: {
      resize: { shorterSide, interpolation: "bilinear" },
      crop,
      mean: options.mean ?? like?.preprocess.mean ?? DEFAULT_MEAN,
      std: options.std ?? like?.preprocess.std ?? DEFAULT_STD,
    },
    labels:
      options.labels === undefined
        ? (like?.labels ?? { table: "imagenet1k" })
        : { table: "imagenet1k", synsets: await readSynsets(options.labels) },
  };
}

async function readSynsets(path: string): Promise<string[]> {
  const text = await readTextOrFail(path);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const synsets = lines.map((line) => line.trim().split(/\s+/)[0] as string);
  const wrong = synsets.find((synset) => !synsetSchema.safeParse(synset).success);
  if (wrong === undefined) return synsets;
  throw new CliError("FILE_INVALID", {
    what: `${path} is not a list of classes.`,
    why: `"${wrong}" is not a synset id.`,
    fix: "Write one synset per line, such as n02123045, in the order of the network's output.",
  });
}
