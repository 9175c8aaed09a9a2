import { findProducers, type Graph, type GraphNode } from "../../graphs/graph.ts";

/**
 * Puts the nodes into an order in which they can run. The converters to half precision, for example, append the
 * nodes that cast the input. Nodes that are in order stay in order.
 */
export function sortNodes(graph: Graph): Graph {
  const producers = findProducers(graph);
  const sorted = new Set<GraphNode>();
  for (const node of graph.nodes) {
    // Depth first without recursion: a network can have thousands of nodes in a row.
    const waiting = [node];
    for (let next = waiting.at(-1); next; next = waiting.at(-1)) {
      const missing = next.inputs
        .map((name) => producers.get(name))
        .find((producer) => producer && !sorted.has(producer) && !waiting.includes(producer));
      if (missing) waiting.push(missing);
      else sorted.add(waiting.pop() as GraphNode);
    }
  }
  return { ...graph, nodes: [...sorted] };
}
