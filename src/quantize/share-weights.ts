/** Says how much of a network's weights became int8, and which layers did not. */
import type { Constant, Graph } from "../graphs/graph.ts";
import type { QuantizationPlan } from "./plan.ts";
import type { PreparedNetwork } from "./prepare/prepare-network.ts";

/** Shares of the weights, from 0 to 1. */
export type WeightShares = {
  readonly int8: number;
  /** The classifier, which stays in half precision; 0 if it was not found. */
  readonly classifier: number;
  /** The layers that stay in float, those with the most weights first. */
  readonly float: readonly FloatLayer[];
};

export type FloatLayer = {
  /** The name of its output. */
  readonly name: string;
  readonly operator: string;
  readonly share: number;
};

/** @param quantized - the graph that was made by the plan */
export function shareWeights(
  plan: QuantizationPlan,
  { graph, floatTensors }: PreparedNetwork,
  quantized: Graph,
): WeightShares {
  const constants = [...quantized.constants.values()];
  const count = (kept: readonly Constant[]) => kept.reduce((sum, { data }) => sum + data.length, 0);
  const int8 = count(constants.filter(isIntegerMatrix));
  const total = int8 + count(constants.filter(isFloat));
  const layers = plan.nodes
    .filter(({ kind }) => kind === "float")
    .map(({ node: { operator, outputs, inputs } }) => {
      const weights = inputs.flatMap((name) => graph.constants.get(name) ?? []).filter(isFloat);
      const isMatrix = weights.some(({ shape }) => shape.filter((side) => side > 1).length > 1);
      const name = outputs[0] as string;
      return { name, operator, isMatrix, share: count(weights) / total };
    })
    .filter(({ isMatrix }) => isMatrix)
    .map(({ isMatrix: _, ...layer }) => layer)
    .sort((a, b) => b.share - a.share);
  const isHead = ({ name }: FloatLayer) => floatTensors.has(name);
  return {
    int8: int8 / total,
    classifier: layers.filter(isHead).reduce((sum, { share }) => sum + share, 0),
    float: layers.filter((layer) => !isHead(layer)),
  };
}

function isFloat({ type }: Constant): boolean {
  return type === "float" || type === "float16";
}

/** Zero points are int8 too, but have one dimension. */
function isIntegerMatrix({ type, shape }: Constant): boolean {
  return type === "int8" && shape.length > 1;
}
