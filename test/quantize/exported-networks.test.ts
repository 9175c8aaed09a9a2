/** Quantises networks in the forms that exporters other than PyTorch's write. */
import { describe, expect, it } from "vitest";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import { type Graph, makeNode } from "../../src/graphs/graph.ts";
import { FORMATS } from "../../src/quantize/emit/emit-graph.ts";
import { foldBatchNorm } from "../../src/quantize/prepare/fold-batch-norm.ts";
import { prepareNetwork } from "../../src/quantize/prepare/prepare-network.ts";
import { calibrateNetwork, quantizeNetwork } from "../../src/quantize/quantize-network.ts";
import { each, makeRandom } from "../support/made-up.ts";
import { runOnImages } from "../support/run-on-images.ts";
import {
  makeDenseNetwork,
  makeDepthwiseNetwork,
  makeGatedNetwork,
  makePoolingNetwork,
  makeTransformer,
  type NormalisationForm,
  SIDE,
} from "./support/exported-networks.ts";

const runtime = await startNodeRuntime();
const IMAGES = makeImages(8);
const WIDTH = 8;

function makeImages(count: number): Float32Array[] {
  const random = makeRandom();
  return Array.from({ length: count }, () =>
    Float32Array.from({ length: 3 * SIDE * SIDE }, () => random() * 2 - 1),
  );
}

const run = (graph: Graph, output: string) => runOnImages(runtime, graph, output, IMAGES);

/** The largest distance, in units of the largest expected value. */
function distance(expected: readonly Float32Array[], actual: readonly Float32Array[]): number {
  const largest = Math.max(...expected.flatMap((values) => [...values].map(Math.abs)));
  const distances = expected.flatMap((values, i) =>
    Array.from(values, (value, j) => Math.abs(value - (actual[i]?.[j] as number))),
  );
  return Math.max(...distances) / largest;
}

async function quantize(source: Graph) {
  const network = await prepareNetwork(runtime, source, "out");
  const calibrated = await calibrateNetwork(runtime, network, each(IMAGES), () => {});
  const graphs = FORMATS.map((format) => quantizeNetwork(calibrated, { method: "minmax", format }));
  const expected = await run(network.graph, "logits");
  const distances: number[] = [];
  for (const graph of graphs) distances.push(distance(expected, await run(graph, "logits")));
  return { plan: calibrated.plan, graphs, distances };
}

const FORMS: readonly (readonly [what: string, form: NormalisationForm])[] = [
  ["Mul and Add with [C, 1, 1]", { shape: [WIDTH, 1, 1], operators: ["Mul", "Add"] }],
  ["Mul and Add with [1, C, 1, 1]", { shape: [1, WIDTH, 1, 1], operators: ["Mul", "Add"] }],
  [
    "Mul and Add with the constant first",
    { shape: [1, WIDTH, 1, 1], operators: ["Mul", "Add"], constantFirst: true },
  ],
  ["Mul alone", { shape: [1, WIDTH, 1, 1], operators: ["Mul"] }],
  ["Add alone", { shape: [WIDTH, 1, 1], operators: ["Add"] }],
  ["Sub and Div", { shape: [WIDTH, 1, 1], operators: ["Sub", "Div"] }],
  [
    "Sub with the constant first",
    { shape: [WIDTH, 1, 1], operators: ["Sub"], constantFirst: true },
  ],
  ["a factor for all channels", { shape: [], operators: ["Mul", "Add"] }],
];

describe("a normalisation that is written as arithmetic on channels", () => {
  it.each(FORMS)("is folded into the convolution: %s", async (_, form) => {
    const source = makeDepthwiseNetwork(form);
    const { graph, folded } = foldBatchNorm(source);
    expect(folded).toBe(3 * form.operators.length);
    expect(graph.nodes.map(({ operator }) => operator)).not.toContain(form.operators[0]);
    // Sums of nine products in float32.
    expect(distance(await run(source, "out"), await run(graph, "out"))).toBeLessThan(1e-5);
    const { plan } = await quantize(source);
    expect(plan.floatOperators).toEqual({});
  });

  it("is kept if its constant belongs to positions, or the constant is divided", () => {
    const positions = { shape: [SIDE / 2, SIDE / 2], operators: ["Mul", "Add"] };
    expect(foldBatchNorm(makeDepthwiseNetwork(positions)).folded).toBe(0);
    const divided = { shape: [WIDTH, 1, 1], operators: ["Div"], constantFirst: true };
    expect(foldBatchNorm(makeDepthwiseNetwork(divided)).folded).toBe(0);
    // A vector is aligned with the last dimension: the columns.
    const columns = { shape: [SIDE / 2], operators: ["Add"] };
    expect(foldBatchNorm(makeDepthwiseNetwork(columns)).folded).toBe(0);
  });
});

const WINDOW = { kernel_shape: { ints: [3, 3] }, strides: { ints: [2, 2] } };
const CEIL = { ceil_mode: { int: 1 }, count_include_pad: { int: 1 } };

describe("an AveragePool with ceil_mode that counts padding", () => {
  it("is computed in integers if it has no padding", async () => {
    const { plan, distances } = await quantize(makePoolingNetwork({ ...WINDOW, ...CEIL }));
    expect(plan.floatOperators).toEqual({});
    // 8-bit rounding through three layers, relative to small logits.
    expect(Math.max(...distances)).toBeLessThan(0.08);
  });

  it("stays in float if it has padding", async () => {
    const pads = { pads: { ints: [1, 1, 1, 1] } };
    const { plan, distances } = await quantize(makePoolingNetwork({ ...WINDOW, ...CEIL, ...pads }));
    expect(plan.floatOperators).toEqual({ AveragePool: 1 });
    expect(Math.max(...distances)).toBeLessThan(0.08);
  });
});

describe("linear layers", () => {
  it.each(["MatMul", "Gemm"] as const)(
    "are int8 if they are written as %s with [D, N]",
    async (layer) => {
      const { graphs, distances } = await quantize(makeDenseNetwork(layer));
      for (const graph of graphs) {
        const kinds = [...graph.constants.values()].filter(({ data }) => data.length > 10_000);
        expect(kinds.map(({ type }) => type)).toEqual(["int8"]);
      }
      expect(Math.max(...distances)).toBeLessThan(0.05);
    },
  );

  it("are int8 in a transformer, and the products of activations are named", async () => {
    const { plan, graphs, distances } = await quantize(makeTransformer());
    const kinds = plan.nodes.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "dynamic")).toHaveLength(5);
    expect(plan.floatOperators).toMatchObject({ MatMul: 2, Softmax: 1 });
    for (const graph of graphs) {
      const matrices = [...graph.constants].filter(([, { shape }]) => shape.length > 1);
      expect(matrices.filter(([, { type }]) => type === "float")).toEqual([]);
    }
    expect(Math.max(...distances)).toBeLessThan(0.05);
  });
});

describe("HardSwish and HardSigmoid", () => {
  it("get levels only for the values that they tell apart", async () => {
    const { graphs, distances } = await quantize(makeGatedNetwork());
    for (const graph of graphs) {
      const scaleOf = (name: string) => graph.constants.get(`${name}.scale`)?.data[0] as number;
      // 255 levels from -3 to 3.
      expect(scaleOf("a.gate")).toBeCloseTo(6 / 255, 6);
      const zero = graph.constants.get("a.conv.zero")?.data[0] as number;
      expect(zero * scaleOf("a.conv")).toBeCloseTo(3, 1);
    }
    // Measured when this was written: 0.0012, and 0.0023 if the levels cover all values.
    expect(Math.max(...distances)).toBeLessThan(0.0018);
  });
});

it("prepareNetwork puts nodes in order that stand in another one", async () => {
  const source = makeDenseNetwork("Gemm");
  const { graph } = await prepareNetwork(
    runtime,
    { ...source, nodes: source.nodes.toReversed() },
    "out",
  );
  expect(distance(await run(source, "out"), await run(graph, "logits"))).toBeLessThan(1e-5);
});

describe("networks that cannot be quantised", () => {
  const prepared = async (graph: Graph) => {
    const network = await prepareNetwork(runtime, graph, "out");
    await calibrateNetwork(runtime, network, each(IMAGES), () => {});
  };

  it("rejects a network that is quantised already with GRAPH_QUANTISED", async () => {
    const { graphs } = await quantize(makeDenseNetwork("Gemm"));
    for (const graph of graphs) {
      await expect(prepareNetwork(runtime, graph, "logits")).rejects.toMatchObject({
        code: "GRAPH_QUANTISED",
        fix: expect.stringContaining("Evaluate and publish it as it is"),
      });
    }
  });

  it("rejects a network in training mode with GRAPH_UNSUPPORTED, and names its operators", async () => {
    const source = makePoolingNetwork(WINDOW);
    const parameters = ["a", "b", "c", "d"].map((name) => `norm.${name}`);
    const constants = new Map(source.constants);
    const ones = { type: "float" as const, shape: [WIDTH], data: new Float32Array(WIDTH).fill(1) };
    for (const name of parameters) constants.set(name, ones);
    const norm = makeNode("BatchNormalization", ["stem.relu", ...parameters], "norm", {
      training_mode: { int: 1 },
    });
    const nodes = source.nodes.flatMap((node) =>
      node.operator === "AveragePool" ? [norm, { ...node, inputs: ["norm"] }] : [node],
    );
    await expect(prepared({ ...source, nodes, constants })).rejects.toMatchObject({
      code: "GRAPH_UNSUPPORTED",
      why: expect.stringContaining("BatchNormalization (1)"),
    });
  });

  it("rejects a network without layers with GRAPH_NOT_QUANTISABLE, and names its operators", async () => {
    const source = makePoolingNetwork(WINDOW);
    // The classifier right behind the image.
    const nodes = [
      makeNode("GlobalAveragePool", ["x"], "pool"),
      makeNode("Flatten", ["pool"], "flat"),
      makeNode("Gemm", ["flat", "small.w"], "out", { transB: { int: 1 } }),
    ];
    const constants = new Map([
      [
        "small.w",
        { type: "float" as const, shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
      ],
    ]);
    await expect(prepared({ ...source, nodes, constants })).rejects.toMatchObject({
      code: "GRAPH_NOT_QUANTISABLE",
      why: expect.stringContaining("GlobalAveragePool (1)"),
    });
  });
});
