/** Folds everything that does not depend on the image: computed shapes, and arithmetic on constants. */
import {
  type Constant,
  findConsumers,
  type Graph,
  type GraphNode,
  prune,
} from "../../graphs/graph.ts";
import { withGraph } from "../../graphs/run-graph.ts";
import type { Runtime } from "../../inference/runtime.ts";

export type FoldedGraph = {
  readonly graph: Graph;
  /** The shape of every tensor that is not a constant, by name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
};

/**
 * Runs a graph once, and replaces every tensor that depends only on shapes and constants with a constant.
 *
 * @throws GraphError GRAPH_REFUSED
 */
export async function foldConstants(runtime: Runtime, graph: Graph): Promise<FoldedGraph> {
  const values = await runOnce(runtime, graph);
  const shapes = new Map([...values].map(([name, { shape }]) => [name, shape]));
  shapes.set(graph.input.name, graph.input.shape);
  const fixed = findFixed(graph);
  const consumers = findConsumers(graph);
  const constants = new Map(graph.constants);
  for (const node of fixed) {
    for (const output of node.outputs) {
      const value = values.get(output);
      if (value && consumers.get(output)?.some((consumer) => !fixed.has(consumer))) {
        constants.set(output, value);
      }
    }
  }
  const nodes = graph.nodes.filter((node) => !fixed.has(node));
  return { graph: prune({ ...graph, nodes, constants }), shapes };
}

/** Computes every tensor for a grey image. */
function runOnce(runtime: Runtime, graph: Graph): Promise<ReadonlyMap<string, Constant>> {
  const outputs = graph.nodes.flatMap((node) => node.outputs).filter((name) => name !== "");
  const size = graph.input.shape.reduce((product, side) => product * side, 1);
  return withGraph(runtime, graph, outputs, (run) => run(new Float32Array(size)));
}

/** Finds the nodes whose outputs are the same for every image. */
function findFixed({ nodes, constants }: Graph): Set<GraphNode> {
  const fixed = new Set<GraphNode>();
  const known = new Set(constants.keys());
  for (const node of nodes) {
    // The size of the input is fixed, so the sizes of all tensors are.
    const isShape = node.domain === "" && (node.operator === "Shape" || node.operator === "Size");
    if (!isShape && !node.inputs.every((name) => name === "" || known.has(name))) continue;
    // A node without inputs may produce random numbers.
    if (node.inputs.length === 0) continue;
    fixed.add(node);
    for (const output of node.outputs) known.add(output);
  }
  return fixed;
}
