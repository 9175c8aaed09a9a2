/**
 * `npm run golden`: computes the confidences of test/golden again, for every embedded model.
 *
 * The tensors stay as they are: Pillow prepared them. Photos without a tensor, which lie in ../shared, are
 * prepared here. ../shared is required, because most of the photos and some of the tensors lie there.
 */
import { readFile, writeFile } from "node:fs/promises";
import { loadModelFolder } from "../cli/models/load-model-folder.ts";
import { readModelFolder } from "../cli/models/model-folder.ts";
import { readLabelSources } from "../cli/platform/label-sources.ts";
import { createNodeImageDecoder } from "../cli/platform/node-image-decoder.ts";
import { DEFAULT_IMAGE_LIMITS } from "../src/imaging/limits.ts";
import { prepareImage } from "../src/imaging/prepare-image.ts";
import { softmax } from "../src/inference/softmax.ts";
import { topK } from "../src/inference/top-k.ts";
import { labelClasses } from "../src/labels/label-classes.ts";
import { preprocessOf } from "../src/models/preprocess-of.ts";
import { listEmbeddedModels } from "./embedded-models.ts";
import { decodeNpy } from "./npy.ts";

/** The expected result for a photo. */
type GoldenImage = {
  /** The folder of the photo in ../shared; copies of those of photos-cc0 are in examples/. */
  readonly folder: string;
  readonly width: number;
  readonly height: number;
  /** The file of the prepared image; null if there is none. */
  readonly tensor: string | null;
  /** The ids of the five most likely classes, and their confidences after calibration. */
  readonly top5: readonly string[];
  readonly confidence: readonly number[];
};
type Golden = {
  readonly model: string;
  readonly version: string;
  readonly sha256: string;
  readonly images: Readonly<Record<string, GoldenImage>>;
};

const SHARED = new URL("../../shared/", import.meta.url);
const GOLDEN = new URL("../test/golden/", import.meta.url);
const decoder = createNodeImageDecoder();
const sources = await readLabelSources();

for (const embedded of await listEmbeddedModels()) {
  const { id } = embedded.manifest;
  const folder = await readModelFolder(new URL(`../models/${id}`, import.meta.url).pathname);
  const { manifest } = folder;
  const network = await loadModelFolder(folder);
  const classes = labelClasses(manifest.labels, sources);
  const source: Golden = JSON.parse(
    await readFile(new URL(`golden/${id}/golden.json`, SHARED), "utf8"),
  );
  const images: Record<string, GoldenImage> = {};
  for (const [name, image] of Object.entries(source.images)) {
    const photo = new URL(`${image.folder}/${name}`, SHARED);
    const tensor =
      image.tensor === null
        ? (
            await prepareImage(
              await readFile(photo),
              preprocessOf(manifest),
              decoder,
              DEFAULT_IMAGE_LIMITS,
            )
          ).tensor
        : decodeNpy(await readFile(new URL(`golden/${id}/${image.tensor}`, SHARED))).data;
    const { logits } = await network.run(tensor);
    const best = topK(softmax(logits, manifest.calibration?.temperature), 5);
    images[name] = {
      ...image,
      top5: best.map(({ classIndex }) => classes[classIndex]?.id ?? ""),
      confidence: best.map(({ confidence }) => Number(confidence.toFixed(6))),
    };
  }
  const { version, files } = manifest;
  const golden: Golden = { model: id, version, sha256: files.model.sha256, images };
  await writeFile(new URL(`${id}/golden.json`, GOLDEN), `${JSON.stringify(golden, null, 1)}\n`);
  console.log(`test/golden/${id}/golden.json: ${Object.keys(images).length} photos`);
}
