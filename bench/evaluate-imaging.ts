/**
 * `npm run eval:imaging`: how the simplifications of the imaging code affect tensors and predictions, on the
 * photos of ../shared. They are: reducing a JPEG while it is decoded, decoding it with jpeg-js, and ignoring
 * wide-gamut profiles. The reference is the whole photo, decoded with libjpeg-turbo, in sRGB.
 */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { loadModelFolder } from "../cli/models/load-model-folder.ts";
import { readLabelSources } from "../cli/platform/label-sources.ts";
import { formatTable } from "../cli/terminal/format-table.ts";
import { imageToTensor } from "../src/imaging/image-to-tensor.ts";
import { type DctScale, scaledSide } from "../src/imaging/jpeg/dct-scale.ts";
import { readJpegHeader } from "../src/imaging/jpeg/jpeg-header.ts";
import { JpegTurbo } from "../src/imaging/jpeg/jpeg-turbo.ts";
import { jsImageDecoder } from "../src/imaging/js-image-decoder.ts";
import { neededShorterSide } from "../src/imaging/prepare-image.ts";
import type { RgbImage } from "../src/imaging/rgb-image.ts";
import { labelClasses } from "../src/labels/label-classes.ts";
import { preprocessOf } from "../src/models/preprocess-of.ts";
import { listEmbeddedModels } from "../tools/embedded-models.ts";
import { encodeIn, WIDE_GAMUTS } from "./wide-gamut.ts";

const SHARED = new URL("../../shared/", import.meta.url);

if (!existsSync(SHARED)) {
  console.log("../shared is absent: there are no photos to evaluate.");
  process.exit(0);
}
const sources = await readLabelSources();
const turbo = new JpegTurbo(
  await WebAssembly.compile(
    await readFile(createRequire(import.meta.url).resolve("@cwasm/jpeg-turbo/jpeg-turbo.wasm")),
  ),
);
const sets = {
  "50 photographs": await listPhotos("photos/"),
  "400 validation images": await listPhotos("data/imagenette-val/"),
};
const rows: string[][] = [];
for (const folder of await listEmbeddedModels()) {
  const network = await loadModelFolder(folder);
  const { id, labels } = folder.manifest;
  const preprocess = preprocessOf(folder.manifest);
  const classes = labelClasses(labels, sources).map((label) => label.id);
  for (const [set, photos] of Object.entries(sets)) {
    process.stderr.write(`${id}, ${set} …\n`);
    const tallies = new Map<string, Tally>();
    for (const photo of photos) {
      const bytes = new Uint8Array(await readFile(photo));
      const header = readJpegHeader(bytes);
      const whole = turbo.decode(bytes, header, 8);
      const reference = imageToTensor(whole, preprocess);
      const expected = argMax((await network.run(reference)).logits);
      const truth = classes.indexOf(synsetOf(photo));
      const shorterSide = neededShorterSide(header, preprocess);
      for await (const [name, image] of variants(bytes, whole, shorterSide)) {
        const tensor = imageToTensor(image, preprocess);
        const tally = tallies.get(name) ?? {
          images: 0,
          agreeing: 0,
          difference: 0,
          known: 0,
          right: 0,
          rightInReference: 0,
        };
        tallies.set(name, tally);
        const best = argMax((await network.run(tensor)).logits);
        tally.images++;
        tally.agreeing += best === expected ? 1 : 0;
        tally.difference += meanDifference(tensor, reference);
        if (truth === -1) continue;
        tally.known++;
        tally.right += best === truth ? 1 : 0;
        tally.rightInReference += expected === truth ? 1 : 0;
      }
    }
    for (const [name, tally] of tallies) {
      const { images, known } = tally;
      rows.push([
        id,
        set,
        name,
        String(images),
        (tally.difference / images).toFixed(4),
        percent(tally.agreeing, images),
        `${percent(tally.right, known)} (${percent(tally.rightInReference, known)})`,
      ]);
    }
  }
}
console.log(
  formatTable(
    [
      "model",
      "photos",
      "variant",
      "images",
      "mean |Δ| of the tensor",
      "same top-1",
      "right (reference)",
    ],
    rows,
  ),
);

type Tally = {
  images: number;
  /** Images with the same first class as the reference. */
  agreeing: number;
  /** Sum over images of the mean absolute difference of the tensors, in units of the tensor. */
  difference: number;
  /** Images that show a class of the model. */
  known: number;
  right: number;
  rightInReference: number;
};

async function* variants(
  bytes: Uint8Array,
  whole: RgbImage,
  needed: number,
): AsyncGenerator<[name: string, image: RgbImage]> {
  const header = readJpegHeader(bytes);
  const shorter = Math.min(header.width, header.height);
  const scales: DctScale[] = [1, 2, 3, 4, 5, 6, 7];
  const scale = scales.find((eighths) => scaledSide(shorter, eighths) >= needed);
  if (scale) yield ["reduced in the DCT as far as allowed", turbo.decode(bytes, header, scale)];
  const image = await jsImageDecoder.decode(bytes, header, needed);
  if (image.width === whole.width) yield ["decoded by jpeg-js", image];
  for (const gamut of WIDE_GAMUTS) yield [`${gamut.name}, profile ignored`, encodeIn(gamut, whole)];
}

async function listPhotos(folder: string): Promise<URL[]> {
  const root = new URL(folder, SHARED);
  const names = await readdir(root, { recursive: true });
  return names
    .filter((name) => /\.jpe?g$/i.test(name))
    .sort()
    .map((name) => new URL(name, root));
}

function synsetOf(photo: URL): string {
  return /n\d{8}/.exec(photo.pathname)?.[0] ?? "";
}

function percent(count: number, of: number): string {
  return `${((100 * count) / of).toFixed(1)} %`;
}

function argMax(values: Float32Array): number {
  return values.reduce((best, value, i) => (value > (values[best] as number) ? i : best), 0);
}

function meanDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] as number)), 0) / a.length;
}
