/** Works out what does not depend on the image: the shapes that exporters compute, and arithmetic on constants. */
import {
  type Constant,
  findConsumers,
  type Graph,
  type GraphNode,
  prune,
} from "../../graphs/graph.ts";
import { withGraph } from "../../graphs/run-graph.ts";
import type { Runtime } from "../../inference/runtime.ts";

/** A graph, and what a run of it has shown. */
export type FoldedGraph = {
  readonly graph: Graph;
  /** The shape of every tensor that is no constant. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
};

/**
 * Runs a graph once, and puts constants in place of what depends on shapes and constants alone.
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

/** Every tensor, for a grey image. */
function runOnce(runtime: Runtime, graph: Graph): Promise<ReadonlyMap<string, Constant>> {
  const outputs = graph.nodes.flatMap((node) => node.outputs).filter((name) => name !== "");
  const size = graph.input.shape.reduce((product, side) => product * side, 1);
  return withGraph(runtime, graph, outputs, (run) => run(new Float32Array(size)));
}

/** The nodes whose outputs are the same for every image. */
function findFixed({ nodes, constants }: Graph): Set<GraphNode> {
  const fixed = new Set<GraphNode>();
  const known = new Set(constants.keys());
  for (const node of nodes) {
    // The sizes of all tensors are fixed, because the input's is.
    const isShape = node.domain === "" && (node.operator === "Shape" || node.operator === "Size");
    if (!isShape && !node.inputs.every((name) => name === "" || known.has(name))) continue;
    // A node without inputs is no arithmetic: it may be a random number.
    if (node.inputs.length === 0) continue;
    fixed.add(node);
    for (const output of node.outputs) known.add(output);
  }
  return fixed;
}
