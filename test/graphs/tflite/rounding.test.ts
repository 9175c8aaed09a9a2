/** Values that are almost halfway between two levels, which LiteRT and ONNX Runtime round differently by themselves. */
import { describe, expect, it } from "vitest";
import {
  floats,
  type Graph,
  type GraphNode,
  MICROSOFT,
  makeNode,
} from "../../../src/graphs/graph.ts";
import { largestDifference, runBothEngines } from "../../support/run-both-engines.ts";

type Levels = readonly [scale: number, zeroPoint: number];

function makeGraph(
  nodes: readonly GraphNode[],
  levels: Readonly<Record<string, Levels>>,
  shape: readonly number[],
): Graph {
  const constants = Object.entries(levels).flatMap(([name, [scale, zero]]) => [
    [`${name}.scale`, floats([], [scale])] as const,
    [`${name}.zero`, { type: "uint8", shape: [], data: Uint8Array.of(zero) }] as const,
  ]);
  return {
    name: "levels",
    opsets: { "": 13, [MICROSOFT]: 1 },
    input: { name: "input", shape },
    outputs: [{ name: "output" }],
    nodes,
    constants: new Map(constants),
  };
}

const levelsOf = (name: string) => [`${name}.scale`, `${name}.zero`];
const quantize = (input: string, name: string) =>
  makeNode("QuantizeLinear", [input, ...levelsOf(name)], `${name}.q`);
const integers = (name: string) => [`${name}.q`, ...levelsOf(name)];
const OUTPUT = makeNode("DequantizeLinear", integers("y"), "output");

async function expectSame(graph: Graph, image: Float32Array): Promise<void> {
  const { expected, actual } = await runBothEngines(graph, [image]);
  expect(largestDifference(expected[0]?.output, actual[0]?.output)).toBe(0);
}

/** Sums of EfficientNet-Lite0 and ResNet-18, of which the first three need more than a sum in float. */
describe.each<readonly [a: Levels, b: Levels, y: Levels]>([
  [
    [0.11302082985639572, 120],
    [0.19442401826381683, 126],
    [0.21127450466156006, 127],
  ],
  [
    [0.1108609065413475, 146],
    [0.22561274468898773, 134],
    [0.2624693512916565, 139],
  ],
  [
    [0.5, 128],
    [0.25, 127],
    [1, 101],
  ],
  [
    [0.25759804248809814, 121],
    [0.3196384906768799, 124],
    [0.3545956015586853, 134],
  ],
  [
    [0.031, 0],
    [0.047, 117],
    [0.029, 0],
  ],
])("sums of levels %s and %s with levels %s", (a, b, y) => {
  it("are the same for every pair of levels", async () => {
    const image = new Float32Array(2 * 256 * 256);
    for (let i = 0; i < 256 * 256; i++) {
      image[i] = ((i >> 8) - a[1]) * a[0];
      image[i + 256 * 256] = ((i & 255) - b[1]) * b[0];
    }
    const split = makeNode("Split", ["input"], "", { axis: { int: 1 } });
    const nodes = [
      { ...split, outputs: ["first", "second"] },
      quantize("first", "a"),
      quantize("second", "b"),
      makeNode(
        "QLinearAdd",
        [...integers("a"), ...integers("b"), ...levelsOf("y")],
        "y.q",
        {},
        MICROSOFT,
      ),
      OUTPUT,
    ];
    await expectSame(makeGraph(nodes, { a, b, y }, [1, 2, 256, 256]), image);
  });
});

describe.each<Levels>([
  [2 / 255, 127],
  [0.0123, 77],
  [0.0186, 114],
  [1 / 255, 0],
])("levels with the scale %d and the zero point %i", (scale, zero) => {
  it("are the same for values next to each limit between two", async () => {
    const image = Float32Array.from({ length: 256 * 256 }, (_, i) => {
      const limit = Math.fround((i >> 8) + 0.5 - zero) * Math.fround(scale);
      return limit * (1 + ((i & 255) - 128) * 2 ** -24);
    });
    const levels = { y: [scale, zero] as const };
    await expectSame(makeGraph([quantize("input", "y"), OUTPUT], levels, [1, 1, 256, 256]), image);
  });
});

describe.each<readonly [a: Levels, y: Levels]>([
  [
    [0.0123, 77],
    [0.0186, 114],
  ],
  [
    [0.05, 0],
    [0.1, 13],
  ],
  [
    [0.047, 128],
    [0.0235, 99],
  ],
])("levels %s joined as levels %s", (a, y) => {
  it("are the same for every level", async () => {
    const image = Float32Array.from({ length: 256 }, (_, i) => (i - a[1]) * a[0]);
    const nodes = [
      quantize("input", "a"),
      makeNode(
        "QLinearConcat",
        [...levelsOf("y"), ...integers("a"), ...integers("a")],
        "y.q",
        { axis: { int: 1 } },
        MICROSOFT,
      ),
      OUTPUT,
    ];
    await expectSame(makeGraph(nodes, { a, y }, [1, 1, 16, 16]), image);
  });
});
