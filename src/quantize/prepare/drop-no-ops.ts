/** Removes the nodes that do nothing during inference. */
import type { Graph, GraphNode } from "../../graphs/graph.ts";

const NO_OPS: ReadonlySet<string> = new Set(["Identity", "Dropout"]);

/** Removes Identity and Dropout. The outputs of the graph keep their names. */
export function dropNoOps(graph: Graph): Graph {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const sources = new Map<string, string>();
  const nodes: GraphNode[] = [];
  const follow = (name: string) => sources.get(name) ?? name;
  for (const node of graph.nodes) {
    const [input = ""] = node.inputs;
    const [output = ""] = node.outputs;
    const isNoOp = node.domain === "" && NO_OPS.has(node.operator);
    if (isNoOp && !outputs.has(output)) sources.set(output, follow(input));
    else if (isNoOp)
      nodes.push({
        ...node,
        operator: "Identity",
        inputs: [follow(input)],
        outputs: [output],
        attributes: {},
      });
    else nodes.push({ ...node, inputs: node.inputs.map(follow) });
  }
  return { ...graph, nodes };
}
