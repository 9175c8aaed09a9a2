/** Puts together what a run needs, from its settings and its photos. */
import { join } from "node:path";
import { dequantise } from "../../../src/graphs/dequantise.ts";
import type { Graph } from "../../../src/graphs/graph.ts";
import { readModel } from "../../../src/graphs/onnx/read-model.ts";
import { isQuantized } from "../../../src/graphs/quantized.ts";
import type { PreprocessSpec } from "../../../src/imaging/preprocess-spec.ts";
import { preprocessOf } from "../../../src/models/preprocess-of.ts";
import { inverseFrequencies } from "../../../src/training/data/plan-epoch.ts";
import { replaceHead } from "../../../src/training/replace-head.ts";
import type { TrainConfig } from "../../../src/training/train-config.ts";
import { CliError } from "../../cli-error.ts";
import { type ModelFolder, readModelFiles } from "../../models/model-folder.ts";
import { readBaseModel } from "../base-model.ts";
import { BatchMaker } from "./make-batches.ts";
import { PhotoStore } from "./photo-store.ts";
import { resizeBase } from "./resize-base.ts";
import type { RunPhotos } from "./run-folder.ts";

/** The network that a run starts from. */
export type Base = {
  /** With the input that the settings state. */
  readonly model: ModelFolder;
  readonly spec: PreprocessSpec;
  /** In float32, with its own classes. */
  readonly graph: Graph;
  /** Whether the weights come from an int8 file. */
  readonly fromInt8: boolean;
  /** The name of its output with one number for each class. */
  readonly logits: string;
};

/**
 * @param inputSide - of the images, in pixels; that which the model states if undefined
 * @throws CliError FILE_UNREADABLE, MANIFEST_INVALID, HASH_MISMATCH; GraphError if its operators are not known, or if
 *   it cannot take images of this size
 */
export async function readBase(name: string, inputSide?: number): Promise<Base> {
  const model = await readBaseModel(name);
  const { path, manifest } = model;
  const files = await readModelFiles(model);
  const file = files.get(manifest.files.model.path) as Uint8Array;
  const graph = readModel(file, join(path, manifest.files.model.path));
  const own = { graph: dequantise(graph), manifest };
  const used = inputSide === undefined ? own : resizeBase(own, inputSide);
  return {
    model: { ...model, manifest: used.manifest },
    spec: preprocessOf(used.manifest),
    graph: used.graph,
    fromInt8: isQuantized(graph),
    logits: manifest.outputs.logits,
  };
}

/**
 * The network with a new head, as it is before the first step.
 *
 * @throws GraphError GRAPH_UNSUPPORTED if it does not end in a linear layer
 */
export function makeNetwork({ graph, logits }: Base, { classes }: RunPhotos): Graph {
  return replaceHead(graph, logits, classes.length);
}

export function openStore({ spec }: Base, cache: string): PhotoStore {
  return new PhotoStore(cache, spec);
}

/** @throws CliError OPTION_INVALID if the settings weight an unknown class */
export function makeBatchMaker(
  store: PhotoStore,
  { spec }: Base,
  config: TrainConfig,
  photos: RunPhotos,
): BatchMaker {
  return new BatchMaker(store, spec, config, weighClasses(config, photos));
}

function weighClasses({ classWeights }: TrainConfig, { classes, photos }: RunPhotos): number[] {
  if (classWeights === "none") return classes.map(() => 1);
  if (classWeights === "inverse") {
    const train = photos.filter(({ part }) => part === "train");
    return inverseFrequencies(
      classes.map((_, index) => train.filter((photo) => photo.class === index).length),
    );
  }
  const unknown = Object.keys(classWeights).find((id) => !classes.includes(id));
  if (unknown === undefined) return classes.map((id) => classWeights[id] ?? 1);
  throw new CliError("OPTION_INVALID", {
    what: "The weights of the classes cannot be used.",
    why: `There is no class "${unknown}".`,
    fix: `Give weights to these classes: ${classes.join(", ")}.`,
  });
}
