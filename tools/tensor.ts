/** `npm run tensor -- photo.jpg out.npy [--model ID]`: writes a photo as the network gets it. */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createNodeImageDecoder } from "../cli/platform/node-image-decoder.ts";
import { DEFAULT_IMAGE_LIMITS } from "../src/imaging/limits.ts";
import { prepareImage } from "../src/imaging/prepare-image.ts";
import { preprocessOf } from "../src/models/preprocess-of.ts";
import { listEmbeddedModels, readEmbeddedManifest } from "./embedded-models.ts";
import { encodeNpy } from "./npy.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { model: { type: "string", default: "efficientnet-lite0" } },
});
const [photo, out] = positionals;
if (photo === undefined || out === undefined) {
  const ids = (await listEmbeddedModels()).map(({ manifest }) => manifest.id);
  console.error(`Usage: npm run tensor -- PHOTO OUT.npy [--model ${ids.join("|")}]`);
  process.exit(2);
}
const manifest = await readEmbeddedManifest(values.model);
const { tensor } = await prepareImage(
  await readFile(photo),
  preprocessOf(manifest),
  createNodeImageDecoder(),
  DEFAULT_IMAGE_LIMITS,
);
await writeFile(out, encodeNpy({ shape: manifest.input.shape, data: tensor }));
console.log(`${out}: float32 [${manifest.input.shape.join(", ")}], the input of ${values.model}`);
