/** Networks that take images of another size than they were made for. */
import { describe, expect, it } from "vitest";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import { floats, type Graph, type GraphNode, integers, makeNode } from "../../src/graphs/graph.ts";
import { withGraph } from "../../src/graphs/run-graph.ts";
import { listParameters } from "../../src/training/list-parameters.ts";
import { resizeInput } from "../../src/training/resize-input.ts";
import { makeImages, makeRandom } from "../support/made-up.ts";
import { makeNarrowResNet } from "./support/networks.ts";

const runtime = await startNodeRuntime();

function run(graph: Graph, side: number): Promise<number[]> {
  const [image] = makeImages(1, side) as [Float32Array];
  return withGraph(runtime, graph, ["logits"], async (compute) =>
    Array.from((await compute(image)).get("logits")?.data as Float32Array),
  );
}

/** Four feature maps of half the side, what `middle` makes of them, and a linear layer. */
function network(side: number, middle: readonly GraphNode[], shapes = {}, width = 4): Graph {
  const random = makeRandom();
  const values = (count: number) => Array.from({ length: count }, () => random() - 0.5);
  const conv = { strides: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] } };
  const sizes = Object.entries(shapes).map(
    ([name, sides]) => [name, integers(sides as number[])] as const,
  );
  return {
    name: "made up",
    opsets: { "": 17 },
    input: { name: "input", shape: [1, 3, side, side] },
    outputs: [{ name: "logits" }],
    nodes: [
      makeNode("Conv", ["input", "weight"], "maps", conv),
      ...middle,
      makeNode("Flatten", ["end"], "flat"),
      makeNode("Gemm", ["flat", "head"], "logits"),
    ],
    constants: new Map([
      ["weight", floats([4, 3, 3, 3], values(108))],
      ["head", floats([width, 3], values(3 * width))],
      ...sizes,
    ]),
  };
}

const MEAN = makeNode("GlobalAveragePool", ["last"], "end");

const FIXED: readonly (readonly [string, (side: number) => Graph])[] = [
  [
    "shuffles channels with sides in its file",
    (side) =>
      network(
        side,
        [
          makeNode("Reshape", ["maps", "groups"], "grouped"),
          makeNode("Transpose", ["grouped"], "turned", { perm: { ints: [0, 2, 1, 3, 4] } }),
          makeNode("Reshape", ["turned", "whole"], "last"),
          MEAN,
        ],
        { groups: [1, 2, 2, side / 2, side / 2], whole: [1, 4, side / 2, side / 2] },
      ),
  ],
  [
    "enlarges its feature maps to a fixed size",
    (side) =>
      network(side, [makeNode("Resize", ["maps", "", "", "s"], "last"), MEAN], {
        s: [1, 4, side, side],
      }),
  ],
  [
    "takes the mean of a window as large as its feature maps",
    (side) =>
      network(side, [
        makeNode("AveragePool", ["maps"], "end", { kernel_shape: { ints: [side / 2, side / 2] } }),
      ]),
  ],
  ["is a ResNet", (side) => makeNarrowResNet(side, 3)],
];

const REFUSED: readonly (readonly [string, Graph, RegExp])[] = [
  [
    "flattens its feature maps",
    network(16, [makeNode("Identity", ["maps"], "end")], {}, 256),
    /fixed number of values/,
  ],
  [
    "has a fixed shape",
    network(16, [makeNode("Reshape", ["maps", "s"], "end")], { s: [1, 256] }, 256),
    /Reshape end has a fixed shape/,
  ],
  [
    "cuts its feature maps at a fixed position",
    network(16, [makeNode("Slice", ["maps", "from", "to", "axes"], "last"), MEAN], {
      from: [0],
      to: [7],
      axes: [2],
    }),
    /fixed position/,
  ],
  [
    "adds feature maps whose sides are rounded differently",
    network(16, [
      makeNode("MaxPool", ["maps"], "down", {
        kernel_shape: { ints: [2, 2] },
        strides: { ints: [2, 2] },
      }),
      makeNode("MaxPool", ["maps"], "up", {
        kernel_shape: { ints: [2, 2] },
        strides: { ints: [2, 2] },
        ceil_mode: { int: 1 },
      }),
      makeNode("Add", ["down", "up"], "last"),
      MEAN,
    ]),
    /Add last would join images of different sizes/,
  ],
];

describe("a network for images of another size", () => {
  it.each(FIXED)("computes what one that was made for it does, if it %s", async (_name, make) => {
    const resized = resizeInput(make(32), "logits", 48);
    expect(resized.input.shape).toEqual([1, 3, 48, 48]);
    const [actual, expected] = [await run(resized, 48), await run(make(48), 48)];
    // float32 sums in another order
    for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 5);
  });

  it("is the same network if the size is", () => {
    const graph = makeNarrowResNet(64, 3);
    expect(resizeInput(graph, "logits", 64)).toBe(graph);
  });

  it("has the same stages, also if sides are rounded up", () => {
    const graph = makeNarrowResNet(64, 3);
    const stages = (of: Graph) => listParameters(of, "logits").map(({ stage }) => stage);
    expect(stages(resizeInput(graph, "logits", 40))).toEqual(stages(graph));
  });

  it.each(REFUSED)("is refused if it %s", (_name, graph, reason) => {
    expect(() => resizeInput(graph, "logits", 22)).toThrow(
      expect.objectContaining({
        code: "GRAPH_INPUT_MISMATCH",
        message: expect.stringMatching(reason),
      }),
    );
  });

  it("is refused if a side is too small, with the sides that are possible", () => {
    const refusal = expect.objectContaining({
      code: "GRAPH_INPUT_MISMATCH",
      message: expect.stringMatching(/single position[\s\S]*multiple of 32 that is at least 64/),
    });
    expect(() => resizeInput(makeNarrowResNet(64, 3), "logits", 32)).toThrow(refusal);
  });
});
