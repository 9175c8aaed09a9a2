/** A small model folder that can answer. */
import { type ModelFolder, writeModelFolder } from "../../../cli/models/model-folder.ts";
import { makeSmallModel } from "../../support/small-model.ts";

/**
 * Writes one.
 *
 * @param options.bias - added to the first class's logit, so that the content differs
 */
export async function makeModelFolder(
  path: string,
  options: { id?: string; version?: string; bias?: number; width?: number } = {},
): Promise<ModelFolder> {
  const { manifest, files } = await makeSmallModel(options);
  return writeModelFolder(path, manifest, files);
}
