/** Decodes the photos of a run, and decides which of them are trained on. */
import { findDuplicates, groupDuplicates } from "../../../src/training/data/group-duplicates.ts";
import { splitPhotos } from "../../../src/training/data/split-photos.ts";
import type { TrainConfig } from "../../../src/training/train-config.ts";
import { CliError } from "../../cli-error.ts";
import type { LabelledImage } from "../../images/list-images.ts";
import type { DamagedImage } from "../../images/skip-damaged.ts";
import { checkDataset } from "../dataset/check-dataset.ts";
import { type InspectedPhoto, inspectPhotos } from "../dataset/inspect-photos.ts";
import { listPhotos } from "../dataset/list-photos.ts";
import type { PhotoStore } from "./photo-store.ts";
import type { RunPhotos } from "./run-folder.ts";

export type PreparedPhotos = {
  readonly photos: RunPhotos;
  /** Files that were left out. */
  readonly damaged: readonly DamagedImage[];
  readonly warnings: readonly string[];
};

/**
 * @param onProgress - gets the number of photos that were read
 * @throws CliError DATASET_INVALID; those of listing
 */
export async function preparePhotos(
  { photos: source, validation, split, seed }: TrainConfig,
  store: PhotoStore,
  onProgress: (done: number, total: number) => void,
): Promise<PreparedPhotos> {
  const { photos: forTraining, classes } = await listPhotos(source);
  const forValidation = validation === undefined ? [] : (await listPhotos(validation, 1)).photos;
  requireKnown(forValidation, classes, validation);
  const listed = [...forTraining, ...forValidation];
  const isForTraining = new Set<LabelledImage>(forTraining);
  const given: (InspectedPhoto & { readonly part: "train" | "validation" })[] = [];
  const { damaged } = await inspectPhotos(
    listed,
    (done) => onProgress(done, listed.length),
    async (photo, image, entry) => {
      if (!(await store.has(photo.sha256))) await store.write(photo.sha256, image);
      given.push({ ...photo, part: isForTraining.has(entry) ? "train" : "validation" });
    },
    (size) => store.shorterSideFor(size),
  );
  const report = checkDataset(source, listed, given, damaged);
  if (report.errors.length > 0) {
    throw new CliError("DATASET_INVALID", {
      what: `${source} cannot be trained on.`,
      why: report.errors.join(" "),
      fix: `See which photos with resnet-edge dataset check ${source}${validation === undefined ? "" : ` --validation ${validation}`}.`,
    });
  }
  const own = given.filter(({ part }) => part === "train");
  const groups = groupDuplicates(own.length, findDuplicates(own));
  const parts = splitPhotos(
    own.map(({ classId }, i) => ({ classId, group: groups[i] as number })),
    {
      ...split,
      ...(validation === undefined ? {} : { validation: 0 }),
      seed: split.seed ?? seed,
    },
  );
  const photos = [
    ...own.map((photo, i) => ({ ...photo, part: parts[i] as (typeof parts)[number] })),
    ...given.filter(({ part }) => part === "validation"),
  ].map(({ path, classId, part, sha256 }) => ({
    path,
    class: classes.indexOf(classId),
    part,
    sha256,
  }));
  const small = report.smallClasses;
  return {
    photos: { classes: [...classes], photos },
    damaged,
    warnings:
      small.length === 0
        ? []
        : [`these classes have few photos to learn from: ${small.join(", ")}`],
  };
}

function requireKnown(
  photos: readonly LabelledImage[],
  classes: readonly string[],
  source: string | undefined,
): void {
  const unknown = photos.find(({ classId }) => !classes.includes(classId));
  if (!unknown) return;
  throw new CliError("CLASSES_MISMATCH", {
    what: `${source} cannot be used for validation.`,
    why: `It has photos of "${unknown.classId}", which is not among the classes that are trained.`,
    fix: "Give photos of the same classes, in folders of the same names.",
  });
}
