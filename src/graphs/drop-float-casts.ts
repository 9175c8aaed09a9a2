import type { Runtime } from "../inference/runtime.ts";
import { type Graph, type GraphNode, makeNode } from "./graph.ts";
import { withGraph } from "./run-graph.ts";

/** The number of float32 in ONNX. */
const FLOAT = 1;

/**
 * Replaces conversions from float32 to float32, which are left of a network that was in half precision.
 *
 * @throws GraphError GRAPH_REFUSED
 */
export async function dropFloatCasts(runtime: Runtime, graph: Graph): Promise<Graph> {
  const casts = graph.nodes.filter(
    ({ operator, attributes: { to } }) =>
      operator === "Cast" && to && "int" in to && to.int === FLOAT,
  );
  const inputs = [...new Set(casts.map((node) => node.inputs[0] as string))];
  const computed = inputs.filter((name) => name !== graph.input.name && !graph.constants.has(name));
  const size = graph.input.shape.reduce((product, side) => product * side, 1);
  const values =
    computed.length === 0
      ? undefined
      : await withGraph(runtime, graph, computed, (run) => run(new Float32Array(size)));
  const isFloat = (name: string) =>
    name === graph.input.name || (graph.constants.get(name) ?? values?.get(name))?.type === "float";
  const superfluous = new Set<GraphNode>(casts.filter(({ inputs: [name = ""] }) => isFloat(name)));
  if (superfluous.size === 0) return graph;
  return {
    ...graph,
    nodes: graph.nodes.map((node) =>
      superfluous.has(node) ? makeNode("Identity", node.inputs, node.outputs[0] as string) : node,
    ),
  };
}
