/** Rejects the networks that cannot be quantised, with the reason. */
import { type Graph, type GraphNode, intOf, MICROSOFT } from "../../graphs/graph.ts";
import { GraphError } from "../../graphs/graph-error.ts";
import type { QuantizationPlan } from "../plan.ts";

/** The operators of quantised networks, by ONNX and by ONNX Runtime. */
const INTEGER_OPERATOR =
  /^(?:QuantizeLinear|DequantizeLinear|DynamicQuantize\w+|QLinear\w+|QGemm|QAttention|ConvInteger|MatMulInteger\w*|MatMulNBits)$/;

/**
 * Rejects a network that is quantised already, or that was exported for training.
 *
 * @throws GraphError GRAPH_QUANTISED, GRAPH_UNSUPPORTED
 */
export function requireFloatNetwork(graph: Graph): void {
  const integer = graph.nodes.filter(({ operator }) => INTEGER_OPERATOR.test(operator));
  if (integer.length > 0) {
    throw new GraphError("GRAPH_QUANTISED", {
      what: `${graph.name} is quantised already.`,
      why: `It has the operators ${countOperators(integer)}.`,
      fix: "Evaluate and publish it as it is, or give the float32 network that it was made from.",
    });
  }
  const training = graph.nodes.filter((node) => isTraining(graph, node));
  if (training.length > 0) {
    throw new GraphError("GRAPH_UNSUPPORTED", {
      what: `${graph.name} was exported for training.`,
      why: `These operators work as they do in training, so its outputs depend on chance or on other images: ${countOperators(training)}.`,
      fix: "Export it again for inference; in PyTorch, call model.eval() first.",
    });
  }
}

/**
 * Rejects a network without any layer that can be quantised.
 *
 * @throws GraphError GRAPH_NOT_QUANTISABLE
 */
export function requireLayers(graph: Graph, { nodes }: QuantizationPlan): void {
  if (nodes.some(({ kind }) => kind === "weighted" || kind === "dynamic")) return;
  const isHalf = [...graph.constants.values()].some(({ type }) => type === "float16");
  const fused = graph.nodes.some(({ domain }) => domain === MICROSOFT || domain.includes("nchwc"));
  throw new GraphError("GRAPH_NOT_QUANTISABLE", {
    what: `${graph.name} has no layer that can be quantised.`,
    why: isHalf
      ? "Its weights and activations are in half precision."
      : `Only Conv, Gemm and MatMul with constant float32 weights can be, apart from the classifier. It has the operators ${countOperators(graph.nodes)}.`,
    fix: isHalf
      ? "Use the float32 network, or evaluate and publish this one as it is."
      : `${fused ? "ONNX Runtime has optimised this file. Use the original file" : "Export it again with constants folded"}, or evaluate and publish it as it is.`,
  });
}

function isTraining({ constants }: Graph, node: GraphNode): boolean {
  if (node.operator === "BatchNormalization") {
    return intOf(node, "training_mode", 0) === 1 || node.outputs.length > 1;
  }
  if (node.operator !== "Dropout") return false;
  const mode = constants.get(node.inputs[2] ?? "");
  return mode !== undefined && Number(mode.data[0]) === 1;
}

/** Such as "Conv (20), Relu (18)", the most frequent first. */
function countOperators(nodes: readonly GraphNode[]): string {
  const groups = [...Map.groupBy(nodes, ({ operator }) => operator)];
  return groups
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([operator, { length }]) => `${operator} (${length})`)
    .join(", ");
}
