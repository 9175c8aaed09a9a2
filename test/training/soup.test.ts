/** Networks with averaged weights, and which networks a greedy soup takes. */
import { describe, expect, it } from "vitest";
import { floats, type Graph, makeNode } from "../../src/graphs/graph.ts";
import { averageWeights, chooseGreedily } from "../../src/training/soup.ts";
import { each } from "../support/made-up.ts";

function network(weights: readonly number[], axis = 1n): Graph {
  return {
    name: "network",
    opsets: { "": 13 },
    input: { name: "x", shape: [1, 2] },
    outputs: [{ name: "y" }],
    nodes: [makeNode("Mul", ["x", "w"], "y")],
    constants: new Map([
      ["w", floats([weights.length], weights)],
      ["axes", { type: "int64", shape: [1], data: BigInt64Array.of(axis) }],
    ]),
  };
}

describe("a soup", () => {
  it("has the mean of the weights, and everything else of the first network", async () => {
    const parts = [network([1, 4]), network([2, 4]), network([6, 4])];
    const soup = await averageWeights(each(parts));
    expect(soup.constants.get("w")).toEqual(floats([2], [3, 4]));
    expect({ ...soup, constants: undefined }).toEqual({ ...parts[0], constants: undefined });
    expect(soup.constants.get("axes")).toEqual(parts[0]?.constants.get("axes"));
    expect(parts[0]).toEqual(network([1, 4]));
  });

  it("is not made of networks with different parameters", async () => {
    const parts = each([network([1, 4]), network([1, 2, 3])]);
    await expect(averageWeights(parts)).rejects.toMatchObject({ code: "PARAMETER_UNKNOWN" });
  });
});

describe("a greedy soup", () => {
  /** Scores of soups, by their networks; others are 0. */
  type Case = readonly [title: string, scores: Record<string, number>, expected: string];
  it.each<Case>([
    ["takes all that help", { a: 1, ab: 2, abc: 3 }, "abc"],
    ["keeps one that changes nothing", { a: 1, ab: 1, abc: 2 }, "abc"],
    ["leaves out one that makes it worse", { a: 2, ab: 1, ac: 3 }, "ac"],
    ["is the best network if no other helps", { a: 3, ab: 2, ac: 2 }, "a"],
  ])("%s", async (_, scores, expected) => {
    const soup = await chooseGreedily(
      ["a", "b", "c"],
      async (networks) => scores[networks.join("")] ?? 0,
      (score, other) => score >= other,
    );
    expect(soup.join("")).toBe(expected);
  });
});
