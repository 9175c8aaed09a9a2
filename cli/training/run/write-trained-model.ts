/** Makes a run's folder a model folder that the other commands take. */
import { basename, join, resolve } from "node:path";
import type { Evaluation } from "../../../src/evaluate/evaluate-predictions.ts";
import type { Graph } from "../../../src/graphs/graph.ts";
import { writeModel } from "../../../src/graphs/onnx/write-model.ts";
import { exportResNet } from "../../../src/graphs/resnet/export-resnet.ts";
import { writeSafetensors } from "../../../src/graphs/safetensors/write-safetensors.ts";
import type { LabelSpec } from "../../../src/labels/class-spec.ts";
import type { ModelManifest } from "../../../src/models/manifest.ts";
import type { TrainingMethod, TrainingOrigin } from "../../../src/models/training-origin.ts";
import { versionName } from "../../../src/models/version-ref.ts";
import { NEW_HEAD } from "../../../src/training/replace-head.ts";
import { guardWriting } from "../../files/writing-failed.ts";
import { describeFile, makeHeadFile, writeModelFolder } from "../../models/model-folder.ts";
import type { Base } from "./open-run.ts";

const MODEL_FILE = "model.onnx";
/** The same parameters for PyTorch, if the network is a ResNet. */
const PARAMETERS_FILE = "model.safetensors";

/** How a sentence on each method begins. */
const VERBS: Readonly<Record<TrainingMethod, string>> = {
  "fine-tuning": "Fine-tuned from",
  head: "New classifier trained on the features of",
  distillation: "Distilled, starting from",
  soup: "Mean of several models fine-tuned from",
};

/** What is known of a trained network. */
export type Trained = {
  /** With the best weights. */
  readonly graph: Graph;
  readonly labels: LabelSpec;
  /** How it was trained; the base is known. */
  readonly origin: Omit<TrainingOrigin, "base" | "fromInt8">;
  /** On the photos for validation, which chose the weights; undefined if there are none. */
  readonly validation: Evaluation | undefined;
  /** Figures on the test photos, in percent; undefined if there are none. */
  readonly test: Record<string, number> | undefined;
};

export async function writeTrainedModel(
  folder: string,
  base: Base,
  { graph, labels, origin, validation, test }: Trained,
): Promise<ModelManifest> {
  const { manifest } = base.model;
  const file = writeModel(graph);
  const weights = graph.constants.get(NEW_HEAD.weight);
  const head = makeHeadFile(weights?.data as Float32Array, weights?.shape[0] as number);
  const { calibration: _, ...facts } = manifest;
  const { teacher } = origin.settings;
  const withTeacher = teacher === undefined ? "" : `, with ${teacher} as its teacher,`;
  const recommended = validation?.recommended;
  const trained: ModelManifest = {
    ...facts,
    id: toId(basename(resolve(folder))),
    version: "1.0.0",
    files: { model: describeFile(MODEL_FILE, file), head: head.entry },
    input: { ...manifest.input, name: graph.input.name },
    labels,
    metrics: test ? { test } : {},
    source: `${VERBS[origin.method]} ${versionName(manifest)}${base.fromInt8 ? " (its int8 weights)" : ""} on ${origin.photos.train} photos${withTeacher} by resnet-edge. The base: ${manifest.source}`,
    training: { ...origin, base: versionName(manifest), fromInt8: base.fromInt8 },
    recommendedThreshold: recommended?.threshold ?? 0.5,
    ...(validation
      ? {
          calibration: {
            dataset: "validation",
            images: validation.images,
            temperature: validation.temperature,
            ...(recommended
              ? {
                  targetPrecision: validation.targetPrecision,
                  classThresholds: validation.classThresholds,
                }
              : {}),
          },
        }
      : {}),
  };
  const parameters = exportResNet(graph, base.logits);
  const files = new Map([
    [MODEL_FILE, file],
    [head.entry.path, head.bytes],
    ...(parameters ? [[PARAMETERS_FILE, writeSafetensors(parameters)] as const] : []),
  ]);
  await guardWriting(folder, () => writeModelFolder(folder, trained, files));
  return trained;
}

/** The path of the network in a run's folder. */
export function modelPath(folder: string): string {
  return join(folder, MODEL_FILE);
}

/** A model's id of the name of a folder. */
export function toId(name: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return id === "" ? "trained" : id;
}
