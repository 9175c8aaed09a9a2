/** Whole networks: which can be trained, and where their weights come from. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readTensor } from "../../cli/images/read-tensor.ts";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import { TrainingSession } from "../../cli/training/training-session.ts";
import { dequantise } from "../../src/graphs/dequantise.ts";
import { type Constant, floats, type Graph, makeNode } from "../../src/graphs/graph.ts";
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import { withGraph } from "../../src/graphs/run-graph.ts";
import type { Tensor } from "../../src/graphs/safetensors/read-safetensors.ts";
import { manifestSchema } from "../../src/models/manifest.ts";
import { preprocessOf } from "../../src/models/preprocess-of.ts";
import { prepareNetwork } from "../../src/quantize/prepare/prepare-network.ts";
import { buildTrainingStep } from "../../src/training/build-training-step.ts";
import { listParameters } from "../../src/training/list-parameters.ts";
import { NEW_HEAD, putWeights, replaceHead } from "../../src/training/replace-head.ts";
import { scaleWeights } from "../../src/training/scale-weights.ts";
import { makeImages } from "../support/made-up.ts";
import {
  makeZooMobileNet,
  makeZooResNet,
  makeZooShuffleNet,
  NO_HEAD,
  ZOO_SIZE,
} from "../support/zoo-networks.ts";
import { makeNarrowResNet, makeTrainingBatch, nameParameters } from "./support/networks.ts";

const runtime = await startNodeRuntime();
const everything = () => true;

function runOnce(graph: Graph, image: Float32Array): Promise<Float32Array> {
  return withGraph(runtime, graph, ["logits"], async (run) => {
    return (await run(image)).get("logits")?.data.slice() as Float32Array;
  });
}

describe("a step of a network", () => {
  it.each([
    ["ResNet", makeZooResNet, "resnetv15_dense0_fwd"],
    ["MobileNetV2", makeZooMobileNet, "output"],
    ["ShuffleNetV2", makeZooShuffleNet, "gpu_0/softmax_1"],
  ])("reduces the loss as much as the gradients say: %s", async (_name, make, output) => {
    const { graph } = await prepareNetwork(
      runtime,
      readModel(new Uint8Array(make(NO_HEAD).file), "zoo"),
      output,
    );
    const parameters = nameParameters(graph, everything);
    const step = buildTrainingStep({
      graph,
      logits: "logits",
      batch: 3,
      groups: [{ name: "all", parameters }],
      optimiser: { kind: "sgd", momentum: 0 },
      gradients: true,
    });
    const session = await TrainingSession.start(step, { threads: 1 });
    try {
      const images = makeTrainingBatch(3, ZOO_SIZE, 1000);
      const start = session.readState();
      const { loss, gradients } = await session.run({ ...images, rates: { all: 0 } });
      const square = [...gradients.values()].reduce(
        (sum, values) => sum + values.reduce((part, value) => part + value ** 2, 0),
        0,
      );
      session.writeState(start);
      // So small that the loss is straight on the way; it then falls by rate · |gradient|².
      const rate = (1e-3 * loss) / square;
      await session.run({ ...images, rates: { all: rate } });
      const after = await session.run({ ...images, rates: { all: rate } });
      expect((loss - after.loss) / (rate * square)).toBeGreaterThan(0.9);
      expect((loss - after.loss) / (rate * square)).toBeLessThan(1.1);
      expect(gradients.size).toBe(parameters.length);
    } finally {
      await session.release();
    }
  });
});

describe("dequantise", () => {
  it.each([
    ["resnet18", "Relu", 19],
    ["efficientnet-lite0", "Clip", 33],
  ])("makes a float network of %s that gives the same classes", async (name, activation, count) => {
    const folder = new URL(`../../models/${name}/`, import.meta.url);
    const quantised = readModel(new Uint8Array(await readFile(new URL("int8.onnx", folder))), name);
    const graph = dequantise(quantised);
    expect(graph.nodes.filter(({ operator }) => operator === activation)).toHaveLength(count);
    const manifest = manifestSchema.parse(
      JSON.parse(await readFile(new URL("manifest.json", folder), "utf8")),
    );
    const photo = new URL("../../examples/cat.jpg", import.meta.url).pathname;
    const image = await readTensor(photo, preprocessOf(manifest));
    const [before, after] = [await runOnce(quantised, image), await runOnce(graph, image)];
    const best = (logits: Float32Array) => logits.indexOf(Math.max(...logits));
    expect(best(after)).toBe(best(before));
  });

  it("returns a float network as it is", () => {
    const graph = makeNarrowResNet(32, 3);
    expect(dequantise(graph)).toBe(graph);
  });
});

describe("scaleWeights", () => {
  it("does not change what a network computes", async () => {
    const graph = makeNarrowResNet(64, 3);
    const last = graph.nodes.find(({ outputs }) => outputs[0] === "pooled");
    const features = last?.inputs[0] as string;
    // A normalisation that no convolution precedes.
    const norm = ["gamma", "beta", "mean", "variance"];
    const constants = new Map(graph.constants);
    for (const [i, name] of norm.entries()) {
      constants.set(
        name,
        floats(
          [32],
          Array.from({ length: 32 }, (_, c) => 0.5 + ((c + i) % 5) / 5),
        ),
      );
    }
    const nodes = graph.nodes.flatMap((node) =>
      node === last
        ? [
            makeNode("BatchNormalization", [features, ...norm], "normalised"),
            { ...node, inputs: ["normalised"] },
          ]
        : [node],
    );
    const normalised = { ...graph, nodes, constants };
    const scaled = scaleWeights(normalised, () => false);
    expect(scaled.nodes.some(({ operator }) => operator === "BatchNormalization")).toBe(false);
    const [image] = makeImages(1, 64) as [Float32Array];
    const [before, after] = [await runOnce(normalised, image), await runOnce(scaled, image)];
    // Sums in another order.
    for (const [i, value] of before.entries()) expect(after[i]).toBeCloseTo(value, 3);
  });
});

/** The network with a convolution of one pixel as its classifier, whose maps are an output too. */
function withConvolution(graph: Graph, place: "before" | "after"): Graph {
  const weight = graph.constants.get("fc.weight") as Constant & { type: "float" };
  const constants = new Map<string, Constant>(graph.constants).set("fc.weight", {
    ...weight,
    shape: [...weight.shape, 1, 1],
  });
  const old = graph.nodes.at(-1);
  const end =
    place === "before"
      ? [
          makeNode("Conv", ["features", "fc.weight"], "maps"),
          makeNode("GlobalAveragePool", ["maps"], "mean"),
          makeNode("Flatten", ["mean"], "flat"),
          makeNode("Add", ["flat", "fc.bias"], "logits"),
        ]
      : [
          makeNode("GlobalAveragePool", ["features"], "mean"),
          makeNode("Conv", ["mean", "fc.weight", "fc.bias"], "maps"),
          makeNode("Flatten", ["maps"], "logits"),
        ];
  return {
    ...graph,
    outputs: [{ name: "logits" }, { name: "embedding" }, { name: "maps" }],
    nodes: [...graph.nodes.filter((node) => node !== old), ...end],
    constants,
  };
}

describe("the parameters of a network", () => {
  it("belong to the stages of a ResNet", () => {
    const stages = new Map(
      listParameters(makeNarrowResNet(64, 3), "logits").map(({ name, stage }) => [name, stage]),
    );
    expect(stages.get("conv1.weight")).toBe(1);
    expect(stages.get("layer1.0.conv1.weight")).toBe(2);
    expect(stages.get("layer4.0.downsample.0.weight")).toBe(5);
    expect(stages.get("layer4.1.bn2.bias")).toBe(5);
    expect(stages.get("fc.weight")).toBe("head");
    expect(stages.has("bn1.running_mean")).toBe(false);
  });

  it("belong to the stage of a block of squeeze and excitation, not to the head", () => {
    const graph = makeNarrowResNet(64, 3);
    const { inputs = [], outputs = [] } =
      graph.nodes.find((node) => node.inputs.includes("layer2.0.conv2.weight")) ?? {};
    const [maps = ""] = outputs;
    const block = [
      makeNode("Conv", inputs, "se.maps", { pads: { ints: [1, 1, 1, 1] } }),
      makeNode("GlobalAveragePool", ["se.maps"], "se.mean"),
      makeNode("Conv", ["se.mean", "se.reduce"], "se.reduced"),
      makeNode("Conv", ["se.reduced", "se.expand"], "se.expanded"),
      makeNode("Sigmoid", ["se.expanded"], "se.scale"),
      makeNode("Mul", ["se.maps", "se.scale"], maps),
    ];
    const width = graph.constants.get(inputs[1] as string)?.shape[0] as number;
    const values = new Float32Array(2 * width);
    const constants = new Map(graph.constants)
      .set("se.reduce", floats([2, width, 1, 1], values))
      .set("se.expand", floats([width, 2, 1, 1], values));
    const nodes = graph.nodes.flatMap((node) => (node.outputs[0] === maps ? block : [node]));
    const stages = (of: Graph) =>
      new Map(listParameters(of, "logits").map(({ name, stage }) => [name, stage]));
    expect(stages({ ...graph, nodes, constants })).toEqual(
      new Map([...stages(graph), ["se.reduce", 3], ["se.expand", 3]]),
    );
  });

  it("can be replaced by a head for other classes, and put back after training", async () => {
    const graph = replaceHead(makeNarrowResNet(64, 3), "logits", 7);
    const [image] = makeImages(1, 64) as [Float32Array];
    expect([...(await runOnce(graph, image))]).toEqual(Array(7).fill(0));
    const bias = { shape: [7], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7) };
    const trained = putWeights(graph, new Map([[NEW_HEAD.bias, bias]]));
    expect([...(await runOnce(trained, image))]).toEqual([...bias.data]);
  });

  it.each(["before", "after"] as const)(
    "can be replaced if the classifier is a convolution %s the mean over positions",
    async (place) => {
      const graph = withConvolution(makeNarrowResNet(64, 7), place);
      const { data, shape } = graph.constants.get("fc.weight") as Constant & { type: "float" };
      const replaced = replaceHead(graph, "logits", 7);
      expect(listParameters(replaced, "logits").map(({ name }) => name)).not.toContain("fc.weight");
      // What was computed from the old weights is gone.
      expect(replaced.outputs.map(({ name }) => name)).toEqual(["logits", "embedding"]);
      const weight: Tensor = { shape: shape.slice(0, 2), data };
      const bias = graph.constants.get("fc.bias") as Constant & { type: "float" };
      const weights = new Map([[NEW_HEAD.weight as string, weight]]).set(NEW_HEAD.bias, bias);
      const restored = putWeights(replaced, weights);
      const [image] = makeImages(1, 64) as [Float32Array];
      const [actual, expected] = [await runOnce(restored, image), await runOnce(graph, image)];
      // float32 sums in another order
      for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 4);
    },
  );

  it("cannot be replaced if there is no linear layer at the end", () => {
    expect(() => replaceHead(makeNarrowResNet(64, 3), "features", 7)).toThrow(
      expect.objectContaining({ code: "GRAPH_UNSUPPORTED" }),
    );
  });
});
