/** `npm run tensor -- photo.jpg out.npy [--model ID]`: the tensor that the Worker would feed. */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createNodeImageDecoder } from "../cli/platform/node-image-decoder.ts";
import { DEFAULT_IMAGE_LIMITS } from "../src/imaging/limits.ts";
import { prepareImage } from "../src/imaging/prepare-image.ts";
import { encodeNpy } from "./npy.ts";
import { readEmbeddedManifest } from "./read-embedded-manifest.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { model: { type: "string", default: "efficientnet-lite0" } },
});
const [photo, out] = positionals;
if (photo === undefined || out === undefined) {
  console.error(
    "Usage: npm run tensor -- PHOTO OUT.npy [--model efficientnet-lite0|resnet18-in277]",
  );
  process.exit(2);
}
const { preprocess, input } = await readEmbeddedManifest(values.model);
const { tensor } = await prepareImage(
  await readFile(photo),
  preprocess,
  createNodeImageDecoder(),
  DEFAULT_IMAGE_LIMITS,
);
await writeFile(out, encodeNpy({ shape: input.shape, data: tensor }));
console.log(`${out}: float32 [${input.shape.join(", ")}], the input of ${values.model}`);
