/** With which engine a command runs a model folder, which has no file for LiteRT yet. */
import { GraphError } from "../../src/graphs/graph-error.ts";
import type { EngineName, EngineSetting } from "../../src/inference/engines/engine.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { CliError } from "../cli-error.ts";
import { type ModelFolder, readModelFiles } from "../models/model-folder.ts";
import { deriveLitert } from "./derive-litert.ts";

/**
 * Chooses the engine. "auto" is LiteRT if the graph can be converted.
 *
 * @throws CliError MODEL_UNUSABLE if it must be LiteRT and the graph cannot be converted; FILE_UNREADABLE,
 *   HASH_MISMATCH
 */
export async function chooseEngine(
  setting: EngineSetting,
  folder: ModelFolder,
): Promise<EngineName> {
  if (setting === "onnxruntime") return setting;
  const { manifest, path } = folder;
  const files = await readModelFiles(folder);
  try {
    deriveLitert(files.get(manifest.files.model.path) as Uint8Array, manifest);
    return "litert";
  } catch (cause) {
    if (!(cause instanceof GraphError)) throw cause;
    if (setting === "auto") return "onnxruntime";
    throw new CliError("MODEL_UNUSABLE", {
      what: `LiteRT cannot run the model in ${path}.`,
      why: cause.why,
      fix: "Leave --engine out, or quantize the model to int8 if it is float32.",
      cause,
    });
  }
}

/** The bytes that an engine loads: the ONNX graph, or what is derived from it. */
export function fileFor(
  engine: EngineName,
  model: Uint8Array,
  manifest: ModelManifest,
): Uint8Array {
  return engine === "litert" ? deriveLitert(model, manifest).bytes : model;
}
