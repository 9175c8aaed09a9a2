/** The sets of images that a model is evaluated on. */
import { basename, resolve } from "node:path";
import type { ClassLabel } from "../../src/labels/class-label.ts";
import { CliError } from "../cli-error.ts";
import { listFiledImages } from "../images/list-images.ts";
import { type MatchedImages, matchImages } from "./match-images.ts";

export type ImageSet = MatchedImages & {
  /** What the manifest calls it. */
  readonly dataset: string;
};

/**
 * Lists the images of each folder.
 *
 * @param names - what the manifest calls the sets; if there are none, the names of the folders
 * @throws CliError OPTION_INVALID, FILE_UNREADABLE, IMAGES_MISSING
 */
export async function readSets(
  folders: readonly string[],
  names: readonly string[],
  labels: readonly ClassLabel[],
): Promise<ImageSet[]> {
  requireDifferent(folders);
  const datasets = nameSets(folders, names);
  const sets: ImageSet[] = [];
  for (const [i, folder] of folders.entries()) {
    const dataset = datasets[i] as string;
    sets.push({ dataset, ...matchImages(await listFiledImages(folder), labels) });
  }
  return sets;
}

function requireDifferent(folders: readonly string[]): void {
  const paths = folders.map((folder) => resolve(folder));
  const twice = paths.find((path, i) => paths.indexOf(path) < i);
  if (twice === undefined) return;
  throw new CliError("OPTION_INVALID", {
    what: "The same images were given twice.",
    why: `--data names ${twice} more than once, so its images would count more than once.`,
    fix: "Give each folder once.",
  });
}

function nameSets(folders: readonly string[], names: readonly string[]): readonly string[] {
  if (names.length > 0 && names.length !== folders.length) {
    throw new CliError("OPTION_INVALID", {
      what: "--name cannot be used for these images.",
      why: `--data and --name were not given equally often: ${folders.length} and ${names.length} times.`,
      fix: "Give --name once for each --data, in the same order, or leave it out.",
    });
  }
  const datasets = names.length > 0 ? names : folders.map((folder) => basename(resolve(folder)));
  const twice = datasets.find((dataset, i) => datasets.indexOf(dataset) < i);
  if (twice === undefined) return datasets;
  throw new CliError("OPTION_INVALID", {
    what: "The sets of images have the same name.",
    why: `Two are called ${twice}, and the manifest lists figures by name.`,
    fix: "Give a different --name for each --data, in the same order.",
  });
}
