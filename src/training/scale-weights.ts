/**
 * Batch normalisation with stored statistics, as a change of the weights before it. It then costs a pass over the
 * weights, not several over the activations, and the weights keep the scale in which they were trained.
 */
import {
  type Constant,
  findConsumers,
  findProducers,
  floatOf,
  floats,
  type Graph,
  type GraphNode,
  integers,
  makeNode,
} from "../graphs/graph.ts";

/**
 * Replaces the batch normalisations.
 *
 * @param usesBatch - tells those that keep using the statistics of the batch; they are left as they are
 */
export function scaleWeights(graph: Graph, usesBatch: (node: GraphNode) => boolean): Graph {
  const consumers = findConsumers(graph);
  const producers = findProducers(graph);
  const constants = new Map(graph.constants);
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const merged = new Set<GraphNode>();
  const replaced = new Map<GraphNode, readonly GraphNode[]>();
  for (const node of graph.nodes) {
    if (node.operator !== "BatchNormalization" || usesBatch(node)) continue;
    const [x = ""] = node.inputs;
    const before = producers.get(x);
    const alone = (consumers.get(x)?.length ?? 0) === 1 && !outputs.has(x);
    const mergeable = before?.operator === "Conv" && alone && constants.has(before.inputs[1] ?? "");
    if (mergeable) merged.add(before);
    replaced.set(node, replace(node, mergeable ? before : undefined, constants));
  }
  const nodes = graph.nodes.flatMap((node) =>
    merged.has(node) ? [] : (replaced.get(node) ?? [node]),
  );
  return { ...graph, nodes, constants };
}

/** @param conv - the convolution before it that nothing else uses */
function replace(
  node: GraphNode,
  conv: GraphNode | undefined,
  constants: Map<string, Constant>,
): readonly GraphNode[] {
  const [x = "", gamma = "", beta = "", mean = "", variance = ""] = node.inputs;
  const [y = ""] = node.outputs;
  const named = (name: string) => `${y}.${name}`;
  const epsilon = floatOf(node, "epsilon", 1e-5);
  const stored = constants.get(variance) as Constant & { readonly type: "float" };
  const inverse = Float64Array.from(stored.data, (value) => 1 / Math.sqrt(value + epsilon));
  constants.set(named("inverse"), floats(stored.shape, [...inverse]));
  const scale = makeNode("Mul", [gamma, named("inverse")], named("scale"));
  const moved = makeNode("Mul", [mean, named("scale")], named("moved-mean"));
  const shift = makeNode("Sub", [beta, named("moved-mean")], named("shift"));
  if (!conv) {
    constants.set(named("sides"), integers([1, -1, 1, 1]));
    return [
      ...[scale, moved, shift],
      makeNode("Reshape", [named("scale"), named("sides")], named("scale4")),
      makeNode("Reshape", [named("shift"), named("sides")], named("shift4")),
      makeNode("Mul", [x, named("scale4")], named("scaled")),
      makeNode("Add", [named("scaled"), named("shift4")], y),
    ];
  }
  const [input = "", weight = "", bias = ""] = conv.inputs;
  constants.set(named("sides"), integers([-1, 1, 1, 1]));
  const withBias = [
    makeNode("Mul", [bias, named("scale")], named("scaled-bias")),
    makeNode("Add", [named("shift"), named("scaled-bias")], named("shifted-bias")),
  ];
  return [
    ...[scale, moved, shift, ...(bias === "" ? [] : withBias)],
    makeNode("Reshape", [named("scale"), named("sides")], named("scale4")),
    makeNode("Mul", [weight, named("scale4")], named("scaled-weight")),
    {
      ...conv,
      inputs: [input, named("scaled-weight"), named(bias === "" ? "shift" : "bias")],
      outputs: [y],
    },
  ];
}
