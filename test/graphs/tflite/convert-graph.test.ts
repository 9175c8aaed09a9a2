/** Converts networks to TensorFlow Lite, and runs them in LiteRT beside ONNX Runtime. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { listImages, spread } from "../../../cli/images/list-images.ts";
import { readTensor } from "../../../cli/images/read-tensor.ts";
import { startNodeRuntime } from "../../../cli/platform/node-runtime.ts";
import { makeNode } from "../../../src/graphs/graph.ts";
import { readModel } from "../../../src/graphs/onnx/read-model.ts";
import { explainInconvertible } from "../../../src/graphs/tflite/convert-graph.ts";
import { activationMap } from "../../../src/inference/activation-map.ts";
import type { RuntimeTensor } from "../../../src/inference/runtime.ts";
import { softmax } from "../../../src/inference/softmax.ts";
import { topK } from "../../../src/inference/top-k.ts";
import { manifestSchema } from "../../../src/models/manifest.ts";
import { preprocessOf } from "../../../src/models/preprocess-of.ts";
import { FORMATS } from "../../../src/quantize/emit/emit-graph.ts";
import { prepareNetwork } from "../../../src/quantize/prepare/prepare-network.ts";
import { calibrateNetwork, quantizeNetwork } from "../../../src/quantize/quantize-network.ts";
import { decodeNpy } from "../../../tools/npy.ts";
import { each, makeImages } from "../../support/made-up.ts";
import { largest, largestDifference, runBothEngines } from "../../support/run-both-engines.ts";
import {
  type MakeZooNetwork,
  makeZooMobileNet,
  makeZooResNet,
  makeZooShuffleNet,
  NO_HEAD,
  ZOO_SIZE,
} from "../../support/zoo-networks.ts";

const runtime = await startNodeRuntime();
const ROOT = new URL("../../../", import.meta.url).pathname;
const PHOTOS = new URL("../../shared/data/", `file://${ROOT}/`).pathname;
const PHOTOS_EACH = 20;
/** Sums of float32 in another order; integers are equal. */
const TOLERANCE = 1e-4;

function first(logits: RuntimeTensor | undefined): number {
  return topK(softmax(logits?.data as Float32Array), 1)[0]?.classIndex as number;
}

describe.each<readonly [name: string, make: MakeZooNetwork]>([
  ["ResNet-18", makeZooResNet],
  ["MobileNetV2", makeZooMobileNet],
  ["ShuffleNetV2", makeZooShuffleNet],
])("a small %s", (_, make) => {
  it("gives the same outputs in LiteRT as in ONNX Runtime, in both formats", async () => {
    const images = makeImages(4, ZOO_SIZE);
    const source = readModel(make(NO_HEAD).file, "zoo.onnx", ZOO_SIZE);
    const network = await prepareNetwork(runtime, source, source.outputs[0]?.name as string);
    const calibrated = await calibrateNetwork(runtime, network, each(images), () => {});
    for (const format of FORMATS) {
      const graph = quantizeNetwork(calibrated, { method: "minmax", format });
      const { expected, actual } = await runBothEngines(graph, images);
      for (const [i, outputs] of expected.entries()) {
        for (const [name, tensor] of Object.entries(outputs)) {
          const difference = largestDifference(tensor, actual[i]?.[name]);
          expect(difference).toBeLessThan(TOLERANCE * largest(tensor));
        }
      }
    }
  });
});

describe.each(["efficientnet-lite0", "resnet18"])("%s", (name) => {
  it("gives the same first classes, probabilities and heat maps in LiteRT as in ONNX Runtime", async (context) => {
    const folder = `${ROOT}models/${name}/`;
    const manifest = manifestSchema.parse(
      JSON.parse(await readFile(`${folder}manifest.json`, "utf8")),
    );
    const graph = readModel(new Uint8Array(await readFile(`${folder}int8.onnx`)), name, 224);
    const head = new Float16Array((await readFile(`${folder}head.f16.bin`)).buffer.slice(0));
    const golden = `${ROOT}test/golden/${name}/`;
    const tensors = (await readdir(golden)).filter((file) => file.endsWith(".npy"));
    const images = await Promise.all(
      tensors.map(async (file) => decodeNpy(await readFile(golden + file)).data),
    );
    const photos = await listImages(`${ROOT}examples`);
    if (existsSync(PHOTOS)) {
      photos.push(...spread(await listImages(`${PHOTOS}dev1k`), PHOTOS_EACH));
    } else
      context.annotate(
        "../shared/data is absent: only the photos of this repository are compared.",
      );
    for (const path of photos) images.push(await readTensor(path, preprocessOf(manifest)));
    const { expected, actual } = await runBothEngines(graph, images);
    for (const [i, one] of expected.entries()) {
      const other = actual[i] ?? {};
      const classIndex = first(one.logits);
      expect(first(other.logits)).toBe(classIndex);
      const [p, q] = [one, other].map(({ logits }) => softmax(logits?.data as Float32Array));
      expect(farthest(p, q)).toBeLessThan(TOLERANCE);
      const width = one.embedding?.shape[1] as number;
      const row = Float32Array.from(head.subarray(classIndex * width, (classIndex + 1) * width));
      const [map, otherMap] = [one, other].map(({ features }) => mapOf(features, row));
      expect(farthest(map, otherMap)).toBeLessThan(TOLERANCE);
    }
  });
});

function mapOf(features: RuntimeTensor | undefined, row: Float32Array): Float32Array {
  const [, channels = 0, height = 0, width = 0] = features?.shape ?? [];
  const data = features?.data as Float32Array;
  return activationMap({ channels, height, width, data }, row).data;
}

function farthest(a: ArrayLike<number> | undefined, b: ArrayLike<number> | undefined): number {
  return Math.max(...Array.from(a ?? [], (value, i) => Math.abs(value - (b?.[i] ?? Number.NaN))));
}

it("names the operator that has no counterpart", () => {
  const graph = {
    name: "odd",
    opsets: { "": 17 },
    input: { name: "input", shape: [1, 3, 8, 8] },
    outputs: [{ name: "logits" }],
    nodes: [makeNode("Erf", ["input"], "logits")],
    constants: new Map(),
  };
  expect(explainInconvertible(graph)).toMatch(/^Erf \(logits\): it has no counterpart/);
});
