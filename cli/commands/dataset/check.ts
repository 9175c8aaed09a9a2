import { imageToTensor } from "../../../src/imaging/image-to-tensor.ts";
import type { RgbImage } from "../../../src/imaging/rgb-image.ts";
import { preprocessOf } from "../../../src/models/preprocess-of.ts";
import { CliError } from "../../cli-error.ts";
import { defineCommand } from "../../define-command.ts";
import { loadModelFolder } from "../../models/load-model-folder.ts";
import { ProgressBar } from "../../terminal/progress-bar.ts";
import { readBaseModel } from "../../training/base-model.ts";
import { type CheckedPhoto, checkDataset } from "../../training/dataset/check-dataset.ts";
import { describeDataset } from "../../training/dataset/describe-dataset.ts";
import { inspectPhotos } from "../../training/dataset/inspect-photos.ts";
import { listPhotos } from "../../training/dataset/list-photos.ts";

export const check = defineCommand({
  description: `Read every photo and report what would spoil training: files that are not photos, the same picture twice, classes with too few photos, and photos that look unlike the others of their class. Photos look alike if their perceptual hashes do; how unlike a photo is, tells the base network's embedding of it.

Ends with status 1 if something has to be mended first: a photo for validation that is also there for training, the same picture in two classes, or a class without photos.`,
  arguments: {
    photos: {
      placeholder: "PHOTOS",
      help: "a folder with one folder for each class (photos/rose/1.jpg), or a CSV file with the columns path and class",
    },
  },
  options: {
    validation: {
      type: "text",
      placeholder: "PHOTOS",
      help: "photos for validation, in the same form",
    },
    base: {
      type: "text",
      placeholder: "MODEL",
      default: "efficientnet-lite0",
      help: "the network that finds unlikely photos: an embedded model or a model folder",
    },
    noSuspects: { type: "flag", help: "do not look for unlikely photos; much faster" },
  },
  run: async ({ args: { photos: source }, options }) => {
    const train = (await listPhotos(source)).photos;
    const validation =
      options.validation === undefined ? [] : (await listPhotos(options.validation, 1)).photos;
    const embed = options.noSuspects ? undefined : await loadEmbedder(options.base);
    const bar = new ProgressBar("checking", { silent: options.json, unit: "photos" });
    const listed = [...train, ...validation];
    const checked: CheckedPhoto[] = [];
    try {
      const isForTraining = new Set(train);
      const { damaged } = await inspectPhotos(
        listed,
        (done) => bar.update(done, listed.length),
        async (photo, image, entry) => {
          const part = isForTraining.has(entry) ? "train" : "validation";
          checked.push({ ...photo, part, embedding: await embed?.(image) });
        },
      );
      const report = checkDataset(source, listed, checked, damaged);
      const failed = report.errors.length > 0;
      return { result: report, text: describeDataset(report), failed };
    } finally {
      bar.end();
    }
  },
});

/** @throws CliError MODEL_UNUSABLE if the network gives no embedding */
async function loadEmbedder(name: string): Promise<(image: RgbImage) => Promise<Float32Array>> {
  const base = await readBaseModel(name);
  if (base.manifest.outputs.embedding === undefined) {
    throw new CliError("MODEL_UNUSABLE", {
      what: `${name} cannot find unlikely photos.`,
      why: "The network has no output with an embedding.",
      fix: "Give another model as --base, or leave these photos out of the check with --no-suspects.",
    });
  }
  const network = await loadModelFolder(base);
  const preprocess = preprocessOf(base.manifest);
  return async (image) => {
    const { embedding } = await network.run(imageToTensor(image, preprocess));
    return embedding as Float32Array;
  };
}
