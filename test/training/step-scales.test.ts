import { describe, expect, it } from "vitest";
import { floats, type Graph, makeNode } from "../../src/graphs/graph.ts";
import { findStepScales } from "../../src/training/step-scales.ts";

/** Two convolutions of 1 x 1; a batch normalisation follows the second. */
function makeGraph(weights: readonly number[]): Graph {
  const ones = floats([2], [1, 1]);
  return {
    name: "two convolutions",
    opsets: { "": 17 },
    input: { name: "x", shape: [1, 2, 4, 4] },
    outputs: [{ name: "normalised" }],
    nodes: [
      makeNode("Conv", ["x", "folded"], "y"),
      makeNode("Conv", ["y", "plain"], "z"),
      makeNode("BatchNormalization", ["z", "ones", "ones", "ones", "ones"], "normalised"),
    ],
    constants: new Map([
      ["folded", floats([2, 2, 1, 1], [...weights])],
      ["plain", floats([2, 2, 1, 1], [...weights])],
      ["ones", ones],
    ]),
  };
}

describe("the scale of a step", () => {
  const graph = makeGraph([3, 4, 0, 0]);

  it("is the size of a channel's weights, relative to that of He et al.", () => {
    const scales = findStepScales(graph, new Set(["folded", "plain"]));
    const { shape, data } = scales.get("folded") ?? {};
    expect(shape).toEqual([2, 1, 1, 1]);
    // Root mean square √(25 / 2), with 2 inputs: √(2 / 2) is the size to start from.
    expect(data?.[0]).toBeCloseTo(Math.sqrt(25 / 2), 6);
  });

  it("is never 0, so that a channel without weights can learn", () => {
    const scales = findStepScales(graph, new Set(["folded"]));
    expect(scales.get("folded")?.data[1]).toBeGreaterThan(0);
  });

  it("is left out if a batch normalisation follows, or if the weights are frozen", () => {
    expect([...findStepScales(graph, new Set(["folded", "plain"])).keys()]).toEqual(["folded"]);
    expect([...findStepScales(graph, new Set(["plain"])).keys()]).toEqual([]);
  });
});
