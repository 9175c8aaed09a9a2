/** Networks to train in tests. */
import { readFile } from "node:fs/promises";
import { dequantise } from "../../../src/graphs/dequantise.ts";
import type { Graph } from "../../../src/graphs/graph.ts";
import { readModel } from "../../../src/graphs/onnx/read-model.ts";
import { buildResNetGraph } from "../../../src/graphs/resnet/build-resnet.ts";
import { listParameters, type Parameter } from "../../../src/training/list-parameters.ts";
import { makeImages } from "../../support/made-up.ts";
import { makeResNet } from "../../support/make-resnet.ts";

/** An embedded model in float32. Its convolutions take images of any size. */
export async function readEmbedded(name: string, side: number): Promise<Graph> {
  const file = new URL(`../../../models/${name}/int8.onnx`, import.meta.url);
  const graph = dequantise(readModel(new Uint8Array(await readFile(file)), name));
  return { ...graph, input: { ...graph.input, shape: [1, 3, side, side] } };
}

/** A narrow ResNet-18 with its batch normalisations. */
export function makeNarrowResNet(side: number, classes: number): Graph {
  const weights = makeResNet(18, { width: 4, classes });
  return buildResNetGraph(weights, "made up", { inputSize: side }, "kept").graph;
}

/** The names of the parameters that `wanted` accepts. */
export function nameParameters(graph: Graph, wanted: (parameter: Parameter) => boolean): string[] {
  return listParameters(graph, "logits")
    .filter(wanted)
    .map(({ name }) => name);
}

/** Made-up images of as many classes as there are images. */
export function makeTrainingBatch(count: number, side: number, classes: number) {
  const targets = new Float32Array(count * classes);
  for (let image = 0; image < count; image++) targets[image * classes + image] = 1;
  return {
    images: Float32Array.from(makeImages(count, side).flatMap((image) => [...image])),
    targets,
  };
}
