/** Converts int8 graphs to TensorFlow Lite, and runs them in LiteRT beside ONNX Runtime. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readTensor } from "../../../cli/images/read-tensor.ts";
import { startNodeLitert } from "../../../cli/platform/node-litert.ts";
import { startNodeRuntime } from "../../../cli/platform/node-runtime.ts";
import type { Graph } from "../../../src/graphs/graph.ts";
import { makeNode } from "../../../src/graphs/graph.ts";
import { readModel } from "../../../src/graphs/onnx/read-model.ts";
import { withGraph } from "../../../src/graphs/run-graph.ts";
import { convertGraph, explainInconvertible } from "../../../src/graphs/tflite/convert-graph.ts";
import { writeTflite } from "../../../src/graphs/tflite/write-tflite.ts";
import type { RuntimeTensor } from "../../../src/inference/runtime.ts";
import { softmax } from "../../../src/inference/softmax.ts";
import { topK } from "../../../src/inference/top-k.ts";
import { manifestSchema } from "../../../src/models/manifest.ts";
import { preprocessOf } from "../../../src/models/preprocess-of.ts";
import { prepareNetwork } from "../../../src/quantize/prepare/prepare-network.ts";
import { calibrateNetwork, quantizeNetwork } from "../../../src/quantize/quantize-network.ts";
import { each, makeImages } from "../../support/made-up.ts";
import {
  type MakeZooNetwork,
  makeZooMobileNet,
  makeZooResNet,
  makeZooShuffleNet,
  NO_HEAD,
  ZOO_SIZE,
} from "../../support/zoo-networks.ts";

const runtime = await startNodeRuntime();
const litert = await startNodeLitert();
const PHOTOS = ["cat.jpg", "espresso.jpg", "rocket.jpg"];
const OUTPUTS = ["logits", "embedding", "features"];

function first(logits: Float32Array | undefined): number | undefined {
  return topK(softmax(logits as Float32Array), 1)[0]?.classIndex;
}

/** The outputs of each run, NCHW. */
function runOnnx(graph: Graph, images: readonly Float32Array[]): Promise<Float32Array[][]> {
  return withGraph(runtime, graph, OUTPUTS, async (run) => {
    const results: Float32Array[][] = [];
    for (const image of images) {
      const outputs = await run(image);
      results.push(
        OUTPUTS.map((name) => Float32Array.from(outputs.get(name)?.data as Float32Array)),
      );
    }
    return results;
  });
}

async function runConverted(
  graph: Graph,
  images: readonly Float32Array[],
): Promise<Readonly<Record<string, RuntimeTensor>>[]> {
  const session = await litert.createSession(writeTflite(convertGraph(graph)));
  const results: Readonly<Record<string, RuntimeTensor>>[] = [];
  for (const data of images) {
    results.push(await session.run({ input: { shape: graph.input.shape, data } }, OUTPUTS));
  }
  await session.release();
  return results;
}

function dataOf(tensor: RuntimeTensor | undefined): Float32Array {
  return tensor?.data as Float32Array;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0);
}

describe.each<readonly [name: string, make: MakeZooNetwork]>([
  ["ResNet-18", makeZooResNet],
  ["MobileNetV2", makeZooMobileNet],
  ["ShuffleNetV2", makeZooShuffleNet],
])("a small %s", (_, make) => {
  it("gives the same outputs in LiteRT as in ONNX Runtime", async () => {
    const images = makeImages(4, ZOO_SIZE);
    const source = readModel(make(NO_HEAD).file, "zoo.onnx", ZOO_SIZE);
    const network = await prepareNetwork(runtime, source, source.outputs[0]?.name as string);
    const calibrated = await calibrateNetwork(runtime, network, each(images), () => {});
    const graph = quantizeNetwork(calibrated, { method: "minmax", format: "qoperator" });
    const expected = await runOnnx(graph, images);
    const actual = await runConverted(graph, images);
    for (const [i, outputs] of actual.entries()) {
      const { logits, embedding } = outputs;
      const [expectedLogits, expectedEmbedding] = expected[i] as Float32Array[];
      const scale = Math.max(...(expectedEmbedding as Float32Array).map(Math.abs));
      expect(largestDifference(dataOf(embedding), expectedEmbedding as Float32Array)).toBeLessThan(
        0.02 * scale,
      );
      expect(first(dataOf(logits))).toBe(first(expectedLogits));
    }
  });
});

describe.each<readonly [name: string, bound: number]>([
  ["efficientnet-lite0", 1e-4],
  // LiteRT adds integers with multipliers of 20 bits, so one of some hundred thousand sums differs by a level.
  ["resnet18", 0.02],
])("%s", (name, bound) => {
  it("gives the same first classes and probabilities in LiteRT as in ONNX Runtime", async () => {
    const folder = new URL(`../../../models/${name}/`, import.meta.url);
    const graph = readModel(
      new Uint8Array(await readFile(new URL("int8.onnx", folder))),
      name,
      224,
    );
    const manifest = manifestSchema.parse(
      JSON.parse(await readFile(new URL("manifest.json", folder), "utf8")),
    );
    const images = await Promise.all(
      PHOTOS.map((photo) =>
        readTensor(
          new URL(`../../../examples/${photo}`, import.meta.url).pathname,
          preprocessOf(manifest),
        ),
      ),
    );
    const expected = await runOnnx(graph, images);
    const actual = await runConverted(graph, images);
    for (const [i, outputs] of actual.entries()) {
      const { logits, features } = outputs;
      const [expectedLogits] = expected[i] as Float32Array[];
      expect(first(dataOf(logits))).toBe(first(expectedLogits));
      const [a, b] = [dataOf(logits), expectedLogits].map((v) => softmax(v as Float32Array));
      const worst = (a as Float64Array).map((p, j) =>
        Math.abs(p - ((b as Float64Array)[j] as number)),
      );
      expect(Math.max(...worst)).toBeLessThan(bound);
      expect(features?.shape.slice(2)).toEqual([7, 7]);
    }
  });
});

it("names the operator that has no counterpart", () => {
  const graph: Graph = {
    name: "odd",
    opsets: { "": 17 },
    input: { name: "input", shape: [1, 3, 8, 8] },
    outputs: [{ name: "logits" }],
    nodes: [makeNode("Erf", ["input"], "logits")],
    constants: new Map(),
  };
  expect(explainInconvertible(graph)).toMatch(/^Erf \(logits\): it has no counterpart/);
});
