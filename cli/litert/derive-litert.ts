/** The file for LiteRT that a version can have beside its ONNX graph. */
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import { convertGraph } from "../../src/graphs/tflite/convert-graph.ts";
import { writeTflite } from "../../src/graphs/tflite/write-tflite.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { preprocessOf } from "../../src/models/preprocess-of.ts";
import { describeFile } from "../models/model-folder.ts";

export type LitertFile = {
  /** What the manifest says of it in `files.litert`. */
  readonly entry: NonNullable<ModelManifest["files"]["litert"]>;
  readonly bytes: Uint8Array<ArrayBuffer>;
};

/** Its name in a version, unless another file has that name already. */
const NAME = "model.tflite";

/**
 * Converts a model's graph. The weights and scales stay the same, so nothing is calibrated again. The same graph
 * always gives the same bytes.
 *
 * @param model - bytes of the ONNX graph
 * @throws GraphError naming the first operator that has no counterpart
 */
export function deriveLitert(model: Uint8Array, manifest: ModelManifest): LitertFile {
  const graph = readModel(model, manifest.files.model.path, preprocessOf(manifest));
  const bytes = writeTflite(convertGraph(graph));
  return { entry: describeFile(NAME, bytes), bytes };
}

/** The same file under a name that no file with other content can have. */
export function nameByContent({ entry, bytes }: LitertFile): LitertFile {
  const path = `model-${entry.sha256.slice(0, 16)}.tflite`;
  return { entry: { ...entry, path }, bytes };
}

/** A manifest that names the file, or none. */
export function withLitert(
  manifest: ModelManifest,
  file: LitertFile["entry"] | undefined,
): ModelManifest {
  const { litert: _, ...files } = manifest.files;
  return { ...manifest, files: { ...files, ...(file ? { litert: file } : {}) } };
}
