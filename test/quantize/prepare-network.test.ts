/** The end of a network in the various forms that exporters write, and networks that are rejected. */
import { describe, expect, it } from "vitest";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import { floats, type Graph, integers } from "../../src/graphs/graph.ts";
import { withGraph } from "../../src/graphs/run-graph.ts";
import { prepareNetwork } from "../../src/quantize/prepare/prepare-network.ts";
import { makeRandom } from "../support/made-up.ts";

const runtime = await startNodeRuntime();

const SIDE = 32;
const WIDTH = 4;
const CLASSES = 3;

type Nodes = readonly (readonly [
  operator: string,
  inputs: string,
  output: string,
  attributes?: object,
])[];

const random = makeRandom();
const weights = (...shape: number[]) =>
  floats(
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() - 0.5),
  );

const CONSTANTS: Graph["constants"] = new Map([
  ["conv.w", weights(WIDTH, 3, 3, 3)],
  ["fc.w", weights(CLASSES, WIDTH)],
  ["fc.wt", weights(WIDTH, CLASSES)],
  ["fc.w4", weights(CLASSES, WIDTH, 1, 1)],
  ["hidden.w", weights(WIDTH, WIDTH)],
  ["fc.b", weights(CLASSES)],
  ["fc.b4", weights(1, CLASSES, 1, 1)],
  ["flat", integers([1, -1])],
  ["spatial", integers([2, 3])],
]);

/** Makes a graph with a convolution, followed by `nodes` from "maps" to "out". */
function makeGraph(nodes: Nodes, opset = 13): Graph {
  const all: Nodes = [
    ["Conv", "x conv.w", "conv", { kernel_shape: { ints: [3, 3] }, strides: { ints: [4, 4] } }],
    ["Relu", "conv", "maps"],
    ...nodes,
  ];
  return {
    name: "made up",
    opsets: { "": opset },
    input: { name: "x", shape: [1, 3, SIDE, SIDE] },
    outputs: [{ name: "out" }],
    nodes: all.map(([operator, inputs, output, attributes = {}]) => ({
      operator,
      domain: "",
      inputs: inputs.split(" "),
      outputs: [output],
      attributes: attributes as Graph["nodes"][number]["attributes"],
    })),
    constants: CONSTANTS,
  };
}

const AXIS = { axis: { int: 1 } };
const TRANSPOSED = { transB: { int: 1 } };

const HEADS: readonly (readonly [what: string, nodes: Nodes])[] = [
  [
    "pooling, Flatten, Gemm",
    [
      ["GlobalAveragePool", "maps", "p"],
      ["Flatten", "p", "e", AXIS],
      ["Gemm", "e fc.w fc.b", "out", TRANSPOSED],
    ],
  ],
  [
    "ReduceMean, Gemm with scales and transposed weights",
    [
      ["ReduceMean", "maps", "e", { axes: { ints: [-2, -1] }, keepdims: { int: 0 } }],
      ["Gemm", "e fc.wt fc.b", "out", { alpha: { float: 0.5 }, beta: { float: 2 } }],
    ],
  ],
  [
    "AveragePool over all positions, Reshape, MatMul, Add",
    [
      ["AveragePool", "maps", "p", { kernel_shape: { ints: [8, 8] } }],
      ["Reshape", "p flat", "e"],
      ["MatMul", "e fc.wt", "m"],
      ["Add", "fc.b m", "out"],
    ],
  ],
  [
    "pooling, a convolution as the linear layer, Flatten",
    [
      ["GlobalAveragePool", "maps", "p"],
      ["Conv", "p fc.w4 fc.b", "c", { kernel_shape: { ints: [1, 1] } }],
      ["Flatten", "c", "out", AXIS],
    ],
  ],
  [
    "a convolution as the linear layer before the pooling, Add",
    [
      ["Conv", "maps fc.w4", "cam", { kernel_shape: { ints: [1, 1] } }],
      ["GlobalAveragePool", "cam", "p"],
      ["Flatten", "p", "f", AXIS],
      ["Add", "f fc.b", "out"],
    ],
  ],
];

async function logitsOf(graph: Graph, output: string): Promise<number[]> {
  const image = Float32Array.from({ length: 3 * SIDE * SIDE }, (_, i) => Math.sin(i / 7));
  return withGraph(runtime, graph, [output], async (run) =>
    Array.from((await run(image)).get(output)?.data as Float32Array),
  );
}

describe("prepareNetwork, the head", () => {
  it.each(HEADS)("finds embedding and linear layer in %s", async (_, nodes) => {
    const source = makeGraph(nodes);
    const { graph, head } = await prepareNetwork(runtime, source, "out");
    expect(graph.outputs).toEqual([
      { name: "logits", shape: [1, CLASSES] },
      { name: "embedding", shape: [1, WIDTH] },
      { name: "features", shape: [1, WIDTH, 8, 8] },
    ]);
    expect(head).toMatchObject({ classes: CLASSES, width: WIDTH });
    const [expected, actual] = [await logitsOf(source, "out"), await logitsOf(graph, "logits")];
    actual.forEach((logit, i) => {
      expect(logit).toBeCloseTo(expected[i] as number, 4);
    });
  });

  it("removes the Softmax at the end", async () => {
    const nodes: Nodes = [
      ...(HEADS[0]?.[1].slice(0, 2) ?? []),
      ["Gemm", "e fc.w fc.b", "g", TRANSPOSED],
    ];
    const { graph, notes } = await prepareNetwork(
      runtime,
      makeGraph([...nodes, ["Softmax", "g", "out", { axis: { int: 1 } }]]),
      "out",
    );
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain("Softmax");
    expect(await logitsOf(graph, "logits")).toEqual(await logitsOf(makeGraph(nodes), "g"));
  });

  it("finds an embedding but no features if there are two layers", async () => {
    const { graph, head } = await prepareNetwork(
      runtime,
      makeGraph([
        ["GlobalAveragePool", "maps", "p"],
        ["Flatten", "p", "f", AXIS],
        ["Gemm", "f hidden.w", "h", TRANSPOSED],
        ["Relu", "h", "r"],
        ["Gemm", "r fc.w fc.b", "out", TRANSPOSED],
      ]),
      "out",
    );
    expect(head).toBeUndefined();
    expect(graph.outputs.map(({ name }) => name)).toEqual(["logits", "embedding"]);
  });

  it("outputs only the logits if the last layer is not linear", async () => {
    const source = makeGraph([
      ["Conv", "maps fc.w4", "c", { kernel_shape: { ints: [1, 1] } }],
      ["Relu", "c", "r"],
      ["GlobalAveragePool", "r", "out"],
    ]);
    const { graph, notes } = await prepareNetwork(runtime, source, "out");
    // [1, N, 1, 1] becomes [1, N].
    expect(graph.outputs).toEqual([{ name: "logits", shape: [1, CLASSES] }]);
    expect(notes[0]).toMatch(/no heat maps/);
    expect(await logitsOf(graph, "logits")).toEqual(await logitsOf(source, "out"));
  });

  it("names its outputs as in manifests even if other tensors have these names", async () => {
    const taken: Nodes = [
      ["Relu", "maps", "embedding"],
      ["GlobalAveragePool", "embedding", "logits"],
      ["Flatten", "logits", "features", AXIS],
      ["Gemm", "features fc.w fc.b", "out", TRANSPOSED],
    ];
    const { graph } = await prepareNetwork(runtime, makeGraph(taken), "out");
    expect(graph.outputs.map(({ name }) => name)).toEqual(["logits", "embedding", "features"]);
    const [expected, actual] = [
      await logitsOf(makeGraph(taken), "out"),
      await logitsOf(graph, "logits"),
    ];
    actual.forEach((logit, i) => {
      expect(logit).toBeCloseTo(expected[i] as number, 4);
    });
  });
});

describe("prepareNetwork, older operator sets", () => {
  it("converts attributes to inputs", async () => {
    const source = makeGraph(
      [
        ["Clip", "maps", "c", { min: { float: 0 }, max: { float: 0.2 } }],
        ["Pad", "c", "d", { pads: { ints: [0, 0, 1, 1, 0, 0, 1, 1] }, value: { float: 0.1 } }],
        ["Slice", "d", "s", { starts: { ints: [1] }, ends: { ints: [9] }, axes: { ints: [2] } }],
        ["GlobalAveragePool", "s", "p"],
        ["Squeeze", "p", "e", { axes: { ints: [2, 3] } }],
        ["Gemm", "e fc.w fc.b", "out", TRANSPOSED],
      ],
      8,
    );
    const { graph } = await prepareNetwork(runtime, source, "out");
    expect(graph.opsets[""]).toBe(13);
    const [expected, actual] = [await logitsOf(source, "out"), await logitsOf(graph, "logits")];
    actual.forEach((logit, i) => {
      expect(logit).toBeCloseTo(expected[i] as number, 4);
    });
  });

  it("rejects versions before 7", async () => {
    const [, nodes = []] = HEADS[0] ?? [];
    await expect(prepareNetwork(runtime, makeGraph(nodes, 6), "out")).rejects.toMatchObject({
      code: expect.stringMatching(/^GRAPH_(?:UNSUPPORTED|REFUSED)$/),
    });
  });
});

describe("prepareNetwork, networks that cannot be used", () => {
  it("rejects weights that are not finite with GRAPH_NOT_FINITE", async () => {
    const graph = makeGraph(HEADS[0]?.[1] ?? []);
    const broken = floats([CLASSES], [0, Number.NaN, 0]);
    const constants = new Map(graph.constants).set("fc.b", broken);
    await expect(prepareNetwork(runtime, { ...graph, constants }, "out")).rejects.toMatchObject({
      code: "GRAPH_NOT_FINITE",
    });
  });

  it("rejects an output that is not one number per class with GRAPH_NOT_CLASSIFIER", async () => {
    await expect(
      prepareNetwork(runtime, makeGraph([["Relu", "maps", "out"]]), "out"),
    ).rejects.toMatchObject({
      code: "GRAPH_NOT_CLASSIFIER",
    });
  });
});
