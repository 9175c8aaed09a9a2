/** Classifies labelled photos with the model of a folder, and keeps the probabilities. */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { matchImages } from "../cli/evaluate/match-images.ts";
import { predictImages } from "../cli/evaluate/predict.ts";
import { listFiledImages } from "../cli/images/list-images.ts";
import { readModelFolder } from "../cli/models/model-folder.ts";
import { readLabelSources } from "../cli/platform/label-sources.ts";
import { isFamiliar, type Measured } from "../src/answers/familiarity.ts";
import { softmax } from "../src/inference/softmax.ts";
import type { ClassLabel } from "../src/labels/class-label.ts";
import { labelClasses } from "../src/labels/label-classes.ts";

const DATA = new URL("../../shared/data/", import.meta.url).pathname;

export type PhotoPredictions = {
  /** The classes of the model, in output order. */
  readonly labels: readonly ClassLabel[];
  /** The true class of each photo, by id. */
  readonly truths: readonly string[];
  /** The calibrated softmax vector of each photo, [N]. */
  readonly probabilities: readonly Float64Array[];
  /** The measures of each photo for familiarity. */
  readonly measured: readonly Measured[];
  /** Whether each photo is familiar to the model. */
  readonly familiar: readonly (boolean | undefined)[];
};

/** Ends the process with a message if ../shared is absent. */
export function requirePhotos(): void {
  if (existsSync(DATA)) return;
  console.log("../shared/data is absent: there are no photos to evaluate.");
  process.exit(0);
}

/**
 * Classifies the photos of a set, in a fixed order, and writes the progress to stderr.
 *
 * @param folder - the folder of the model
 * @param set - a folder in ../shared/data
 */
export async function predictPhotos(folder: string, set: string): Promise<PhotoPredictions> {
  const model = await readModelFolder(folder);
  const labels = labelClasses(model.manifest.labels, await readLabelSources());
  const { images } = matchImages(await listFiledImages(`${DATA}${set}`), labels);
  const paths = images.map(({ path }) => path);
  const predictions = await predictImages(model, paths, {
    classCount: labels.length,
    onProgress: (done) => {
      process.stderr.write(`\r${basename(folder)}, ${set}: ${done} of ${paths.length} photos`);
    },
  });
  process.stderr.write("\n");
  const { calibration } = model.manifest;
  return {
    labels,
    truths: images.map(({ classId }) => classId),
    probabilities: predictions.map(({ logits }) => softmax(logits, calibration?.temperature)),
    measured: predictions.map(({ measured }) => measured),
    familiar: predictions.map(({ measured }) => isFamiliar(measured, calibration?.familiarity)),
  };
}
