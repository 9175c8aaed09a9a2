/** Derives a model's file for LiteRT, and checks it before it is published. */
import { fullMessage, ModelError } from "../../src/errors.ts";
import { GraphError } from "../../src/graphs/graph-error.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import type { MemoryLimits } from "../../src/models/memory-budget.ts";
import { CliError } from "../cli-error.ts";
import { explainNoRoom } from "../registry/require-room.ts";
import { compareEngines, type EngineComparison, explainDisagreement } from "./compare-engines.ts";
import { deriveLitert, type LitertFile, withLitert } from "./derive-litert.ts";
import { SAMPLE_PHOTOS } from "./sample-photos.ts";

/** The file, or why there is none. Without it, ONNX Runtime runs the model. */
export type PreparedLitert = {
  readonly file: LitertFile | undefined;
  /** Why there is no file, in full sentences. */
  readonly reason: string | undefined;
  /** Undefined if there was nothing to compare. */
  readonly comparison: EngineComparison | undefined;
};

export type PrepareOptions = {
  readonly limits: MemoryLimits;
  /** Paths of the photos on which both engines must agree. */
  readonly photos?: readonly string[];
  readonly onProgress?: (done: number, total: number) => void;
};

/**
 * Derives the file, and compares it with the ONNX graph on photos.
 *
 * @param model - bytes of the ONNX graph, which ONNX Runtime can run
 * @throws CliError IMAGES_MISSING
 */
export async function prepareLitert(
  model: Uint8Array,
  manifest: ModelManifest,
  { limits, photos = SAMPLE_PHOTOS, onProgress }: PrepareOptions,
): Promise<PreparedLitert> {
  let comparison: EngineComparison | undefined;
  const refuse = (reason: string) => ({ file: undefined, reason, comparison });
  try {
    const file = deriveLitert(model, manifest);
    const noRoom = explainNoRoom(withLitert(manifest, file.entry), limits, "litert");
    if (noRoom !== undefined) return refuse(noRoom);
    const files = { manifest, model, litert: file.bytes };
    comparison = await compareEngines(files, photos, onProgress);
    const reason = explainDisagreement(comparison);
    return reason === undefined ? { file, reason, comparison } : refuse(reason);
  } catch (error) {
    if (error instanceof GraphError) return refuse(error.why);
    if (error instanceof CliError || !(error instanceof Error)) throw error;
    // Whatever goes wrong with LiteRT does not keep ONNX Runtime from running the model.
    return refuse(fullMessage(error instanceof ModelError ? (error.cause ?? error) : error));
  }
}
