/** Which class each image of an evaluation shows. */
import type { ClassLabel } from "../../src/labels/class-label.ts";
import { createClassMatcher } from "../../src/labels/match-class.ts";
import { CliError } from "../cli-error.ts";
import type { FiledImage, LabelledImage } from "../images/list-images.ts";

/** The images of a model's classes. */
export type MatchedImages = {
  readonly images: readonly LabelledImage[];
  /** Number of images of other classes. */
  readonly skipped: number;
  /** Names of their folders, sorted. */
  readonly skippedFolders: readonly string[];
};

/** How many names an error lists. */
const MAX_NAMES = 5;

/**
 * Matches the folders of images with the classes of a model, by id or name.
 *
 * @throws CliError IMAGES_MISSING if none matches
 */
export function matchImages(
  filed: readonly FiledImage[],
  labels: readonly ClassLabel[],
): MatchedImages {
  const matchClass = createClassMatcher(labels);
  const folders = [...new Set(filed.map(({ folder }) => folder))].sort();
  const classIds = new Map(folders.map((folder) => [folder, matchClass(folder)]));
  const images = filed.flatMap(({ path, folder }) => {
    const classId = classIds.get(folder);
    return classId === undefined ? [] : [{ path, classId }];
  });
  if (images.length > 0) {
    const skippedFolders = folders.filter((folder) => classIds.get(folder) === undefined);
    return { images, skipped: filed.length - images.length, skippedFolders };
  }
  throw new CliError("IMAGES_MISSING", {
    what: "There are no images of the model's classes.",
    why: `The folders are called ${list(folders)}; the classes are ${list(labels.map(({ id }) => id))}.`,
    fix: "Name the folder of each class after the id or name of the class.",
  });
}

function list(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return `${names.slice(0, MAX_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
