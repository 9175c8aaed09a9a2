/** The facts of a network that its file does not contain: how images are prepared, which classes it has. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { LabelSpec } from "../../src/labels/class-spec.ts";
import { parseLabels } from "../../src/labels/parse-labels.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { CliError } from "../cli-error.ts";
import type { Options } from "../define-command.ts";
import { readTextOrFail } from "../files/read-file.ts";
import { readLabelSources } from "../platform/label-sources.ts";
import type { FACT_OPTIONS } from "./fact-options.ts";
import { type InputFacts, readInputFacts } from "./input-facts.ts";
import { MANIFEST, readManifest } from "./model-folder.ts";

/** What a manifest states apart from the files. */
export type ModelFacts = Pick<ModelManifest, "version" | "labels" | "licence"> & {
  readonly input: InputFacts;
  /** As --like has it. */
  readonly architecture: string | undefined;
};

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
  const like = options.like === undefined ? undefined : await readLike(options.like);
  return {
    version: options.version ?? like?.version ?? "1.0.0",
    architecture: like?.architecture,
    licence: options.licence ?? like?.licence ?? fallbacks.licence,
    input: readInputFacts(options, like, fallbacks.inputSize),
    labels:
      options.labels === undefined
        ? (like?.labels ?? { table: "imagenet1k" })
        : await readLabels(options.labels),
  };
}

/** A manifest, or the folder with it. */
async function readLike(path: string): Promise<ModelManifest> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return readManifest(isFolder ? join(path, MANIFEST) : path);
}

/** @throws CliError FILE_UNREADABLE, FILE_INVALID */
export async function readLabels(path: string): Promise<LabelSpec> {
  const text = await readTextOrFail(path);
  const { table } = await readLabelSources();
  try {
    return parseLabels(text, table);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new CliError("FILE_INVALID", {
      what: `${path} is not a list of classes.`,
      why: `${cause.message}.`,
      fix: "Write the name or id of one class per line, in the order of the network's output; docs/model-format.md lists other forms.",
      cause,
    });
  }
}
