/**
 * `npm run contact-sheet`: heat maps of six photos side by side, to check by eye whether they light up
 * the object. Writes docs/figures/heatmaps.svg.
 */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { decode as decodeFastPng } from "fast-png";
import { encode as encodeJpeg } from "jpeg-js";
import { ImageFile } from "../src/imaging/image-file.ts";
import { cutSeen } from "../src/imaging/image-to-tensor.ts";
import { uprightSize } from "../src/imaging/orient.ts";
import { placePicture, shorterSideFor } from "../src/imaging/place-photo.ts";
import type { RgbImage } from "../src/imaging/rgb-image.ts";
import { preprocessOf } from "../src/models/preprocess-of.ts";
import { createNodeServices } from "./node-services.ts";

const ROOT = new URL("../", import.meta.url);
const PHOTOS = [
  "examples/cat.jpg",
  "examples/espresso.jpg",
  "examples/rocket.jpg",
  "docs/photos/clock.jpg",
  "docs/photos/camera.jpg",
  "docs/photos/astronaut.jpg",
];
const SHEET = new URL("docs/figures/heatmaps.svg", ROOT);
const TILE = 168;
const GAP = 8;
const CAPTION_HEIGHT = 22;
const PREDICTIONS = 2;
const JPEG_QUALITY = 80;

/** A photo or a heat map of it, and what it shows. */
type Tile = { readonly picture: RgbImage; readonly caption: string };

const services = await createNodeServices();
const { classifier, decoder } = services;
const plan = await classifier.plan([], { topK: PREDICTIONS, threshold: undefined });
const rows: Tile[][] = [];
for (const photo of PHOTOS) {
  process.stderr.write(`${photo} …\n`);
  rows.push(await makeRow(new Uint8Array(await readFile(new URL(photo, ROOT))), photo));
}
await mkdir(new URL(".", SHEET), { recursive: true });
await writeFile(SHEET, drawSheet(rows));
console.log("Wrote docs/figures/heatmaps.svg.");

/** The part of the photo that the network saw, and the heat map of each of its first predictions. */
async function makeRow(bytes: Uint8Array, path: string): Promise<Tile[]> {
  const result = await classifier.classify(new ImageFile(bytes), plan);
  const { passes, labels, decision, image } = result;
  const [pass] = passes;
  if (!pass) throw new Error("The default model did not answer.");
  const spec = preprocessOf(pass.model.manifest);
  const size = uprightSize(image.header);
  const shorterSide = shorterSideFor(size, placePicture(size, spec, TILE));
  const photo = await decoder.decode(bytes, image.header, shorterSide);
  const seen = cutSeen(photo, spec, TILE);
  const tiles = [{ picture: seen, caption: path.split("/").at(-1) as string }];
  for (const { classIndex, confidence } of decision.predictions) {
    const { id = "", names } = labels[classIndex] ?? {};
    const { png } = await classifier.explain(result, id, { size: TILE, style: "OVERLAY" });
    const caption = `${names?.EN[0]}, ${(100 * confidence).toFixed(0)} %`;
    tiles.push({ picture: decodePng(png), caption });
  }
  return tiles;
}

function decodePng(png: Uint8Array): RgbImage {
  const { width, height, data } = decodeFastPng(png);
  return { width, height, data: Uint8Array.from(data) };
}

function drawSheet(all: readonly (readonly Tile[])[]): string {
  const perLine = 2;
  const columns = perLine * (PREDICTIONS + 1);
  const width = columns * (TILE + GAP) + GAP;
  const height = Math.ceil(all.length / perLine) * (TILE + CAPTION_HEIGHT + GAP) + GAP;
  const tiles = all.flatMap((row, i) =>
    row.map(({ picture, caption }, column) => {
      const x = GAP + ((i % perLine) * (PREDICTIONS + 1) + column) * (TILE + GAP);
      const y = GAP + Math.floor(i / perLine) * (TILE + CAPTION_HEIGHT + GAP);
      return `<image x="${x}" y="${y}" width="${TILE}" height="${TILE}" href="${toDataUrl(picture)}"/>
<text x="${x}" y="${y + TILE + 15}">${caption}</text>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="white"/>
${tiles.join("\n")}
</svg>
`;
}

function toDataUrl({ width, height, data }: RgbImage): string {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(i * 3, i * 3 + 3), i * 4);
  const jpeg = encodeJpeg({ width, height, data: rgba }, JPEG_QUALITY).data;
  return `data:image/jpeg;base64,${Buffer.from(jpeg).toString("base64")}`;
}
