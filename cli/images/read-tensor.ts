/** Images as the Worker feeds them to a network, by the Worker's own code. */
import { readFile } from "node:fs/promises";
import { parseConfig } from "../../src/config.ts";
import type { ImageDecoder } from "../../src/imaging/image-decoder.ts";
import { imageToTensor } from "../../src/imaging/image-to-tensor.ts";
import type { PreprocessSpec } from "../../src/imaging/preprocess-spec.ts";
import { CliError } from "../cli-error.ts";
import { createNodeImageDecoder } from "../platform/node-image-decoder.ts";

const { imageLimits } = parseConfig({});
let decoder: Promise<ImageDecoder> | undefined;

/**
 * Decodes and prepares an image.
 *
 * @returns [1, 3, S, S]
 * @throws CliError IMAGE_UNREADABLE
 */
export async function readTensor(path: string, preprocess: PreprocessSpec): Promise<Float32Array> {
  decoder ??= createNodeImageDecoder();
  try {
    const { image } = await (await decoder).decode(new Uint8Array(await readFile(path)), {
      limits: imageLimits,
      minShorterSide: preprocess.resize.shorterSide,
    });
    return imageToTensor(image, preprocess);
  } catch (cause) {
    throw new CliError("IMAGE_UNREADABLE", {
      what: `${path} cannot be used.`,
      why: cause instanceof Error ? cause.message : String(cause),
      fix: "Repair the file, or remove it from the folder.",
      cause,
    });
  }
}
