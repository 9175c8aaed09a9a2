/** Images as the Worker feeds them to a network, by the Worker's own code. */
import { readFile } from "node:fs/promises";
import type { ImageDecoder } from "../../src/imaging/image-decoder.ts";
import { DEFAULT_IMAGE_LIMITS } from "../../src/imaging/limits.ts";
import { prepareImage } from "../../src/imaging/prepare-image.ts";
import type { PreprocessSpec } from "../../src/imaging/preprocess-spec.ts";
import { CliError } from "../cli-error.ts";
import { createNodeImageDecoder } from "../platform/node-image-decoder.ts";

let decoder: ImageDecoder | undefined;

/**
 * Reads and prepares an image.
 *
 * @returns [1, 3, height, width]
 * @throws CliError IMAGE_UNREADABLE
 */
export async function readTensor(path: string, preprocess: PreprocessSpec): Promise<Float32Array> {
  decoder ??= createNodeImageDecoder();
  try {
    const bytes = new Uint8Array(await readFile(path));
    return (await prepareImage(bytes, preprocess, decoder, DEFAULT_IMAGE_LIMITS)).tensor;
  } catch (cause) {
    throw new CliError("IMAGE_UNREADABLE", {
      what: `${path} cannot be used.`,
      why: cause instanceof Error ? cause.message : String(cause),
      fix: "Repair the file, or remove it from the folder.",
      cause,
    });
  }
}
