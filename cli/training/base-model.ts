/** The network that training starts from: a model folder, or one of the embedded models by its id. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { CliError } from "../cli-error.ts";
import { MANIFEST, type ModelFolder, readModelFolder } from "../models/model-folder.ts";

const EMBEDDED = new URL("../../models/", import.meta.url).pathname;

/** The absolute path of a model folder; the name of an embedded model as it is. It means the same from any folder. */
export function resolveBaseModel(name: string): string {
  return existsSync(join(name, MANIFEST)) ? resolve(name) : name;
}

/** @throws CliError FILE_UNREADABLE, MANIFEST_INVALID */
export async function readBaseModel(name: string): Promise<ModelFolder> {
  const folder = [name, join(EMBEDDED, name)].find((path) => existsSync(join(path, MANIFEST)));
  if (folder !== undefined) return readModelFolder(folder);
  throw new CliError("FILE_UNREADABLE", {
    what: `There is no model "${name}".`,
    why: `Neither ${join(name, MANIFEST)} nor an embedded model of this name exists.`,
    fix: "Give resnet18, efficientnet-lite0, or a folder that model pull, model quantize or train run has written.",
  });
}
