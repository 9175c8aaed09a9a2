/**
 * `npm run eval:framing [-- STEP]`: how often the embedded models are right with each framing of `classify`, and
 * with other ways to combine tiles. Every STEP-th photo of ../shared is used (default: 2), as it is, and at a
 * random place of a strip that is wider than the photo is high, plain or with a texture.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { matchImages } from "../cli/evaluate/match-images.ts";
import { listFiledImages } from "../cli/images/list-images.ts";
import { loadModelFolder } from "../cli/models/load-model-folder.ts";
import { readLabelSources } from "../cli/platform/label-sources.ts";
import { createNodeImageDecoder } from "../cli/platform/node-image-decoder.ts";
import { formatTable } from "../cli/terminal/format-table.ts";
import { type Framing, framePhoto } from "../src/imaging/framing.ts";
import { imageToTensor } from "../src/imaging/image-to-tensor.ts";
import { inspectImage } from "../src/imaging/inspect-image.ts";
import type { RgbImage } from "../src/imaging/rgb-image.ts";
import { softmax } from "../src/inference/softmax.ts";
import { labelClasses } from "../src/labels/label-classes.ts";
import { answerThreshold } from "../src/models/manifest.ts";
import { preprocessOf } from "../src/models/preprocess-of.ts";
import { listEmbeddedModels } from "../tools/embedded-models.ts";
import { Random } from "./fuzz/random.ts";

const DATA = new URL("../../shared/data/", import.meta.url).pathname;
/** Enough to decode the photos of these sets whole. */
const SHORTER_SIDE = 512;

type Scene = {
  readonly name: string;
  readonly set: string;
  /** Width of the strip by its height; 0 for the photo alone. */
  readonly ratio: number;
};

const SCENES: readonly Scene[] = [
  { name: "square photos", set: "dev1k", ratio: 0 },
  { name: "ordinary photos", set: "imagenette-val", ratio: 0 },
  ...[2, 4, 8].map((ratio) => ({ name: `strips of ${ratio}:1`, set: "dev1k", ratio })),
];

/** The probabilities of a photo, from those of its tiles. */
type Combine = (tiles: readonly Float64Array[]) => Float64Array;

const COMBINATIONS: Readonly<Record<string, Combine>> = {
  mean: (tiles) =>
    (tiles[0] as Float64Array).map(
      (_, i) => tiles.reduce((sum, tile) => sum + (tile[i] as number), 0) / tiles.length,
    ),
  "most confident": (tiles) => {
    const best = argMax(Float64Array.from(tiles, (tile) => Math.max(...tile)));
    return tiles[best] as Float64Array;
  },
};

if (!existsSync(DATA)) {
  console.log("../shared/data is absent: there are no photos to evaluate.");
  process.exit(0);
}
const step = Number(process.argv[2] ?? 2);
const decoder = createNodeImageDecoder();
const sources = await readLabelSources();
const columns = [
  "CROP",
  "WHOLE",
  ...Object.keys(COMBINATIONS).map((way) => `TILES, ${way}`),
] as const;
const firstClasses: string[][] = [];
const answers: string[][] = [];
for (const folder of await listEmbeddedModels()) {
  const network = await loadModelFolder(folder);
  const { manifest } = folder;
  const { id, calibration } = manifest;
  const spec = preprocessOf(manifest);
  const classes = labelClasses(manifest.labels, sources);
  for (const { name, set, ratio } of SCENES) {
    const { images } = matchImages(await listFiledImages(`${DATA}${set}`), classes);
    const photos = images.filter((_, i) => i % step === 0);
    const tallies = columns.map(() => ({ right: 0, answered: 0, answeredRight: 0 }));
    let passes = 0;
    for (const [i, { path, classId }] of photos.entries()) {
      process.stderr.write(`\r${id}, ${name}: ${i + 1} of ${photos.length}   `);
      const photo = await read(path);
      const image = ratio === 0 ? photo : placeInStrip(photo, ratio, new Random(`${ratio} ${i}`));
      const run = async (framing: Framing) => {
        const outputs: Float64Array[] = [];
        for (const frame of framePhoto(image, spec, framing)) {
          const { logits } = await network.run(imageToTensor(image, frame));
          outputs.push(softmax(logits, calibration?.temperature));
        }
        return outputs;
      };
      const tiles = await run("TILES");
      passes += tiles.length;
      const ways = [
        ...[...(await run("CROP")), ...(await run("WHOLE"))],
        ...Object.values(COMBINATIONS).map((combine) => combine(tiles)),
      ];
      ways.forEach((probabilities, column) => {
        const best = argMax(probabilities);
        const bestId = classes[best]?.id ?? "";
        const isRight = bestId === classId;
        const isAnswer = (probabilities[best] as number) >= answerThreshold(manifest, bestId);
        const tally = tallies[column];
        if (!tally) return;
        if (isRight) tally.right++;
        if (isAnswer) tally.answered++;
        if (isAnswer && isRight) tally.answeredRight++;
      });
    }
    process.stderr.write("\n");
    const head = [id, name, String(photos.length), (passes / photos.length).toFixed(1)];
    firstClasses.push([
      ...head,
      ...tallies.map(({ right }) => `${((100 * right) / photos.length).toFixed(1)} %`),
    ]);
    answers.push([
      ...head,
      ...tallies.map(({ answered, answeredRight }) => `${answeredRight} of ${answered}`),
    ]);
  }
}
const header = ["model", "photos", "images", "tiles", ...columns];
console.log("\nPhotos whose most probable class is right\n");
console.log(formatTable(header, firstClasses));
console.log("\nRight answers of those that reach the recommended threshold\n");
console.log(formatTable(header, answers));

async function read(path: string): Promise<RgbImage> {
  const bytes = new Uint8Array(await readFile(path));
  return decoder.decode(bytes, inspectImage(bytes), SHORTER_SIDE);
}

/** Puts a photo at a random place of a strip of its height. */
function placeInStrip(photo: RgbImage, ratio: number, random: Random): RgbImage {
  const { height } = photo;
  const width = height * ratio;
  const data = new Uint8Array(width * height * 3);
  const color = [random.between(40, 215), random.between(40, 215), random.between(40, 215)];
  // A texture is a wave with some noise, so that it is neither even nor a thing.
  const depth = random.chance(50) ? 24 : 0;
  const wave = random.between(8, 40);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const level = depth === 0 ? 0 : depth * Math.sin((x + 2 * y) / wave) + random.below(depth);
      for (let c = 0; c < 3; c++) {
        data[at + c] = Math.min(Math.max((color[c] as number) + level, 0), 255);
      }
    }
  }
  const left = random.below(Math.max(0, width - photo.width) + 1);
  const columns = Math.min(photo.width, width);
  for (let y = 0; y < height; y++) {
    const row = photo.data.subarray(y * photo.width * 3, (y * photo.width + columns) * 3);
    data.set(row, (y * width + left) * 3);
  }
  return { width, height, data };
}

function argMax(values: Float64Array): number {
  return values.reduce((best, value, i) => (value > (values[best] as number) ? i : best), 0);
}
