/** Quantises networks in the form of files from the ONNX Model Zoo, in both formats. */
import { describe, expect, it } from "vitest";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import type { Graph } from "../../src/graphs/graph.ts";
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import { RANGE_METHODS } from "../../src/quantize/choose-range.ts";
import { FORMATS } from "../../src/quantize/emit/emit-graph.ts";
import {
  type PreparedNetwork,
  prepareNetwork,
} from "../../src/quantize/prepare/prepare-network.ts";
import { calibrateNetwork, quantizeNetwork } from "../../src/quantize/quantize-network.ts";
import { each, makeImages } from "../support/made-up.ts";
import { runOnImages } from "../support/run-on-images.ts";
import {
  type MakeZooNetwork,
  makeZooMobileNet,
  makeZooResNet,
  makeZooShuffleNet,
  NO_HEAD,
  ZOO_SIZE,
} from "../support/zoo-networks.ts";

const runtime = await startNodeRuntime();

const IMAGES = makeImages(6, ZOO_SIZE);

const NETWORKS: readonly (readonly [name: string, make: MakeZooNetwork, width: number])[] = [
  ["ResNet-18 v1", makeZooResNet, 32],
  ["MobileNetV2", makeZooMobileNet, 48],
  ["ShuffleNetV2", makeZooShuffleNet, 48],
];

async function prepare(make: MakeZooNetwork): Promise<PreparedNetwork> {
  const graph = readModel(make(NO_HEAD).file, "zoo.onnx", ZOO_SIZE);
  return prepareNetwork(runtime, graph, graph.outputs[0]?.name as string);
}

const run = (graph: Graph, output: string) => runOnImages(runtime, graph, output, IMAGES);

/** The largest distance, in units of the standard deviation of the expected values. */
function relativeError(expected: readonly Float32Array[], actual: readonly Float32Array[]): number {
  const all = expected.flatMap((values) => [...values]);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const spread = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length);
  const distances = expected.flatMap((values, i) =>
    Array.from(values, (value, j) => Math.abs(value - (actual[i]?.[j] as number))),
  );
  return Math.max(...distances) / spread;
}

const operatorsOf = ({ nodes }: Graph) => new Set(nodes.map(({ operator }) => operator));

describe.each(NETWORKS)("%s in the form of the ONNX Model Zoo", (_, make, width) => {
  it("is prepared with folded nodes and the outputs of a manifest", async () => {
    const { graph, head, classes } = await prepare(make);
    expect(graph.input).toEqual({ name: "input", shape: [1, 3, ZOO_SIZE, ZOO_SIZE] });
    expect(graph.outputs.map(({ name, shape }) => [name, shape?.slice(0, 2)])).toEqual([
      ["logits", [1, 1000]],
      ["embedding", [1, width]],
      ["features", [1, width]],
    ]);
    expect([head?.classes, head?.width, classes]).toEqual([1000, width, 1000]);
    expect(graph.opsets[""]).toBe(13);
    const operators = operatorsOf(graph);
    for (const gone of ["BatchNormalization", "Shape", "Gather", "Unsqueeze", "Constant"]) {
      expect(operators).not.toContain(gone);
    }
    // The embedding must be the mean of the features, because heat maps rely on it.
    const [features] = await run(graph, "features");
    const [embedding] = await run(graph, "embedding");
    const positions = (features?.length as number) / width;
    const mean = (features as Float32Array)
      .subarray(0, positions)
      .reduce((sum, value) => sum + value / positions, 0);
    expect(mean).toBeCloseTo(embedding?.[0] as number, 4);
  });

  it.each(FORMATS)(
    "gives almost the same logits as %s, with every operator in integers",
    async (format) => {
      const network = await prepare(make);
      const calibrated = await calibrateNetwork(runtime, network, each(IMAGES), () => {});
      expect(calibrated.plan.floatOperators).toEqual({});
      const graph = quantizeNetwork(calibrated, { method: "minmax", format });
      const error = relativeError(await run(network.graph, "logits"), await run(graph, "logits"));
      // 8-bit rounding through about ten layers. Measured when this was written: 0.003 to 0.038.
      expect(error).toBeLessThan(0.06);
      const operators = operatorsOf(graph);
      if (format === "qoperator") {
        expect(operators).toContain("QLinearConv");
        expect(operators).not.toContain("Conv");
        expect(operators).not.toContain("Clip");
        // The ReLU after the last sum of a residual network, which stays in float like the mean after it.
        const relus = graph.nodes.filter(({ operator }) => operator === "Relu");
        expect(relus.length).toBeLessThanOrEqual(1);
      } else {
        expect(operators).toContain("QuantizeLinear");
        expect(operators).not.toContain("QLinearConv");
      }
      // The classifier stays in float.
      expect(operators).toContain("Gemm");
      expect(graph.constants.get("head.weight.f16")?.type).toBe("float16");
    },
  );
});

describe("qdq and qoperator", () => {
  it.each(NETWORKS)("give the same logits for %s", async (_, make) => {
    const calibrated = await calibrateNetwork(runtime, await prepare(make), each(IMAGES), () => {});
    const [qdq = [], qoperator = []] = await Promise.all(
      FORMATS.map((format) =>
        run(quantizeNetwork(calibrated, { method: "mse", format }), "logits"),
      ),
    );
    // The runtime converts qdq to integer operators.
    expect(relativeError(qdq, qoperator)).toBeLessThan(1e-5);
  });
});

describe("the range methods", () => {
  it("all give logits close to those in float", async () => {
    const network = await prepare(makeZooMobileNet);
    const calibrated = await calibrateNetwork(runtime, network, each(IMAGES), () => {});
    const expected = await run(network.graph, "logits");
    for (const method of RANGE_METHODS) {
      const graph = quantizeNetwork(calibrated, { method, format: "qoperator" });
      expect([method, relativeError(expected, await run(graph, "logits"))]).toEqual([
        method,
        expect.toSatisfy((error: number) => error < 0.5),
      ]);
    }
  });
});

describe("a network with operators that have no integer form", () => {
  it("keeps and reports them in float, and quantises the rest", async () => {
    const graph = readModel(makeZooResNet(NO_HEAD).file, "zoo.onnx", ZOO_SIZE);
    // Replaces the first ReLU with a swish: x · sigmoid(x).
    const at = graph.nodes.findIndex(({ operator }) => operator === "Relu");
    const { inputs, outputs } = graph.nodes[at] as Graph["nodes"][number];
    const make = (operator: string, from: readonly string[], to: string) => ({
      operator,
      domain: "",
      inputs: from,
      outputs: [to],
      attributes: {},
    });
    const [input = ""] = inputs;
    const nodes = graph.nodes.toSpliced(
      at,
      1,
      make("Sigmoid", [input], "gate"),
      make("Mul", [input, "gate"], outputs[0] as string),
    );
    const network = await prepareNetwork(
      runtime,
      { ...graph, nodes },
      graph.outputs[0]?.name as string,
    );
    const calibrated = await calibrateNetwork(runtime, network, each(IMAGES), () => {});
    // The pooling between the swish and the next convolution also stays in float.
    expect(calibrated.plan.floatOperators).toEqual({ Sigmoid: 1, Mul: 1, MaxPool: 1 });
    for (const format of FORMATS) {
      const quantised = quantizeNetwork(calibrated, { method: "minmax", format });
      const error = relativeError(
        await run(network.graph, "logits"),
        await run(quantised, "logits"),
      );
      expect(error).toBeLessThan(0.15);
    }
  });
});

it("calibrateNetwork rejects a network that overflows on a photo with GRAPH_NOT_FINITE", async () => {
  const network = await prepare(makeZooResNet);
  const image = new Float32Array(3 * ZOO_SIZE * ZOO_SIZE).fill(3e38);
  await expect(calibrateNetwork(runtime, network, each([image]), () => {})).rejects.toMatchObject({
    code: "GRAPH_NOT_FINITE",
  });
});
