/** What is wrong with a dataset, found before anything is trained on it. */

import { findSuspects } from "../../../src/training/data/find-suspects.ts";
import { findDuplicates } from "../../../src/training/data/group-duplicates.ts";
import type { LabelledImage } from "../../images/list-images.ts";
import type { DamagedImage } from "../../images/skip-damaged.ts";
import type { InspectedPhoto } from "./inspect-photos.ts";

/** A photo of a dataset. `part` is where it was given: in the photos for training, or in those for validation. */
export type CheckedPhoto = InspectedPhoto & {
  readonly part: "train" | "validation";
  /** Of the base network; undefined if none was given. */
  readonly embedding?: Float32Array | undefined;
};

export type DuplicatePhotos = {
  readonly paths: readonly [string, string];
  /** Whether the files are the same, byte for byte. */
  readonly exact: boolean;
  /** Whether one is for training, and the other for validation. */
  readonly leak: boolean;
  /** Whether the two have different classes. */
  readonly contradiction: boolean;
};

export type DatasetReport = {
  readonly source: string;
  /** Photos that can be used. */
  readonly photos: number;
  readonly classes: readonly {
    readonly id: string;
    readonly train: number;
    readonly validation: number;
  }[];
  readonly damaged: readonly DamagedImage[];
  readonly duplicates: readonly DuplicatePhotos[];
  /** Classes with fewer photos than a network can learn from. */
  readonly smallClasses: readonly string[];
  /** Photos that look unlike their class; undefined if no base network was given. */
  readonly suspects:
    | readonly { readonly path: string; readonly classId: string; readonly score: number }[]
    | undefined;
  /** What has to be mended before training. */
  readonly errors: readonly string[];
};

/** With fewer photos, a class cannot be divided into photos for training, validation and tests. */
export const MIN_PHOTOS = 5;

/**
 * @param listed - all photos, those that cannot be used too
 * @param photos - those that can be used
 */
export function checkDataset(
  source: string,
  listed: readonly LabelledImage[],
  photos: readonly CheckedPhoto[],
  damaged: readonly DamagedImage[],
): DatasetReport {
  const ids = [...new Set(listed.map(({ classId }) => classId))].sort();
  const classes = ids.map((id) => ({
    id,
    train: count(photos, id, "train"),
    validation: count(photos, id, "validation"),
  }));
  const duplicates = findDuplicates(photos).map(({ a, b, exact }): DuplicatePhotos => {
    const [one, other] = [photos[a] as CheckedPhoto, photos[b] as CheckedPhoto];
    return {
      paths: [one.path, other.path],
      exact,
      leak: one.part !== other.part,
      contradiction: one.classId !== other.classId,
    };
  });
  return {
    source,
    photos: photos.length,
    classes,
    damaged,
    duplicates,
    smallClasses: classes.filter(({ train }) => train < MIN_PHOTOS).map(({ id }) => id),
    suspects: nameSuspects(photos),
    errors: findErrors(classes, duplicates),
  };
}

function count(photos: readonly CheckedPhoto[], id: string, part: CheckedPhoto["part"]): number {
  return photos.filter((photo) => photo.classId === id && photo.part === part).length;
}

function nameSuspects(photos: readonly CheckedPhoto[]): DatasetReport["suspects"] {
  const known = photos.flatMap(({ path, classId, embedding }) =>
    embedding ? [{ path, classId, embedding }] : [],
  );
  if (known.length === 0) return undefined;
  return findSuspects(known).map(({ photo, score }) => {
    const { path, classId } = known[photo] as (typeof known)[number];
    return { path, classId, score };
  });
}

function findErrors(
  classes: DatasetReport["classes"],
  duplicates: readonly DuplicatePhotos[],
): string[] {
  const empty = classes.filter(({ train }) => train === 0).map(({ id }) => id);
  const leaks = duplicates.filter(({ leak }) => leak).length;
  const contradictions = duplicates.filter(({ contradiction }) => contradiction).length;
  return [
    ...(empty.length > 0
      ? [`There is no photo to train ${empty.join(", ")}: add some, or remove the class.`]
      : []),
    ...(leaks > 0
      ? [
          `${leaks} photos for validation are also there for training, so accuracy would be too high: remove them from one of the two.`,
        ]
      : []),
    ...(contradictions > 0
      ? [`${contradictions} pictures are in two classes: remove each from the wrong one.`]
      : []),
  ];
}
