import { ENGINES, type EngineName } from "../../src/inference/engines/engine.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";

/** The engines that a model has a file for. */
export function enginesOf({ files }: ModelManifest): EngineName[] {
  return Object.values(ENGINES)
    .filter(({ file }) => files[file] !== undefined)
    .map(({ name }) => name);
}
