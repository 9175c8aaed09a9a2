import { floatOf, type GraphNode } from "../graphs/graph.ts";
import type { Range } from "./choose-range.ts";

const NONE: Range = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/**
 * Finds the values that matter to the nodes that use a tensor: HardSwish gives 0 for everything below −3, and
 * HardSigmoid gives 0 or 1 for everything far from 0. Levels for other values would be wasted.
 *
 * @param consumers - all of them
 */
export function findBounds(consumers: readonly GraphNode[]): Range {
  if (consumers.length === 0) return NONE;
  const bounds = consumers.map(boundsOf);
  return {
    low: Math.min(0, ...bounds.map(({ low }) => low)),
    high: Math.max(0, ...bounds.map(({ high }) => high)),
  };
}

function boundsOf(node: GraphNode): Range {
  if (node.domain !== "") return NONE;
  if (node.operator === "HardSwish") return { ...NONE, low: -3 };
  if (node.operator !== "HardSigmoid") return NONE;
  const [alpha, beta] = [floatOf(node, "alpha", 0.2), floatOf(node, "beta", 0.5)];
  // It is max(0, min(1, alpha · x + beta)).
  return alpha > 0 ? { low: -beta / alpha, high: (1 - beta) / alpha } : NONE;
}
