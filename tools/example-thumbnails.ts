/** `npm run example-thumbnails`: makes the small pictures of the page's examples, at most 5 KB each. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { encode as encodeJpeg } from "jpeg-js";
import { ImageFile } from "../src/imaging/image-file.ts";
import { fitToInput } from "../src/imaging/image-to-tensor.ts";
import { jsImageDecoder } from "../src/imaging/js-image-decoder.ts";

const ROOT = new URL("../", import.meta.url);
const FOLDER = new URL("web/public/examples/", ROOT);
const PHOTOS = {
  cat: "examples/cat.jpg",
  espresso: "examples/espresso.jpg",
  tripod: "docs/photos/camera.jpg",
};
/** The page shows them at 96 px. */
const SIDE = 128;
const QUALITY = 65;
const SPEC = {
  width: SIDE,
  height: SIDE,
  resize: { fit: "crop", shorterSide: SIDE, interpolation: "bilinear" },
  color: "RGB",
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as const;

await mkdir(FOLDER, { recursive: true });
for (const [name, path] of Object.entries(PHOTOS)) {
  const bytes = new Uint8Array(await readFile(new URL(path, ROOT)));
  const photo = await jsImageDecoder.decode(bytes, new ImageFile(bytes).header, SIDE);
  const { width, height, data } = fitToInput(photo, SPEC);
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(i * 3, i * 3 + 3), i * 4);
  const jpeg = encodeJpeg({ width, height, data: rgba }, QUALITY).data;
  await writeFile(new URL(`${name}.jpg`, FOLDER), jpeg);
  console.log(`web/public/examples/${name}.jpg: ${jpeg.byteLength} bytes`);
}
