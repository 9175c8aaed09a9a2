/** Rewrites layers to the forms that have an integer operator with the same result. */
import {
  type Constant,
  floatOf,
  floats,
  type Graph,
  type GraphNode,
  intOf,
  intsOf,
  prune,
} from "../../graphs/graph.ts";

/**
 * - A Gemm with other factors, or with the weights as [D, N], becomes `x · Wᵀ + b` with W [N, D].
 * - An AveragePool that counts padding, but has none, does not count it any more: with `ceil_mode`, ONNX
 *   Runtime's integer operator would count what lies beyond the padding too.
 */
export function rewriteLayers(graph: Graph): Graph {
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.map((node) => {
    if (node.domain !== "") return node;
    if (node.operator === "Gemm") return rewriteGemm(node, constants);
    return node.operator === "AveragePool" ? rewritePool(node) : node;
  });
  return prune({ ...graph, nodes, constants });
}

function rewriteGemm(node: GraphNode, constants: Map<string, Constant>): GraphNode {
  const [input = "", weightName = "", biasName = ""] = node.inputs;
  const weight = constants.get(weightName);
  const bias = biasName === "" ? undefined : constants.get(biasName);
  const transposed = intOf(node, "transB", 0) === 1;
  const [alpha, beta] = [floatOf(node, "alpha", 1), floatOf(node, "beta", 1)];
  const [rows = 0, columns = 0] = weight?.shape ?? [];
  const classes = transposed ? rows : columns;
  const isBiasKnown = biasName === "" || (bias?.type === "float" && bias.data.length <= classes);
  if (weight?.type !== "float" || intOf(node, "transA", 0) !== 0 || !isBiasKnown) return node;
  if (transposed && alpha === 1 && beta === 1 && (!bias || bias.data.length === classes)) {
    return node;
  }
  const [output = ""] = node.outputs;
  const names = [`${output}.weight`, `${output}.bias`] as const;
  const { data } = weight;
  const rewritten = new Float32Array(data.length);
  const width = data.length / classes;
  for (let row = 0; row < classes; row++) {
    for (let i = 0; i < width; i++) {
      const from = transposed ? row * width + i : i * classes + row;
      rewritten[row * width + i] = alpha * (data[from] as number);
    }
  }
  constants.set(names[0], floats([classes, width], rewritten));
  const inputs = [input, names[0]];
  if (bias?.type === "float") {
    const isOne = bias.data.length === 1;
    const offsets = Array.from(
      { length: classes },
      (_, i) => beta * (bias.data[isOne ? 0 : i] as number),
    );
    constants.set(names[1], floats([classes], offsets));
    inputs.push(names[1]);
  }
  return { ...node, inputs, attributes: { transB: { int: 1 } } };
}

function rewritePool(node: GraphNode): GraphNode {
  const { auto_pad: autoPad, count_include_pad: counts, ...attributes } = node.attributes;
  const isPadded =
    (autoPad && "text" in autoPad && !["NOTSET", "VALID"].includes(autoPad.text)) ||
    (intsOf(node, "pads") ?? []).some((pad) => pad !== 0);
  if (!counts || isPadded) return node;
  return { ...node, attributes: { ...attributes, ...(autoPad ? { auto_pad: autoPad } : {}) } };
}
