/** `npm run tensor -- photo.jpg out.npy [--model ID]`: writes a photo as the network gets it. */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createNodeImageDecoder } from "../cli/platform/node-image-decoder.ts";
import { parseConfig } from "../src/config.ts";
import { imageToTensor } from "../src/imaging/image-to-tensor.ts";
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
const { preprocess, input } = await readEmbeddedManifest(values.model);
const decoder = await createNodeImageDecoder();
const { image } = await decoder.decode(await readFile(photo), {
  limits: parseConfig({}).imageLimits,
  minShorterSide: preprocess.resize.shorterSide,
});
await writeFile(out, encodeNpy({ shape: input.shape, data: imageToTensor(image, preprocess) }));
console.log(`${out}: float32 [${input.shape.join(", ")}], the input of ${values.model}`);
