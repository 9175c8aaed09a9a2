/** Lets a network that was exported for one image take several at once. */
import { type Constant, type Graph, integers } from "../graphs/graph.ts";

/**
 * Sets the number of images. Only a Reshape may have it among its constants, as its first side; there it is
 * replaced.
 *
 * @param batch - the number of images
 */
export function rebatch(graph: Graph, batch: number): Graph {
  const constants = new Map<string, Constant>(graph.constants);
  const fromImage = new Set([graph.input.name]);
  const nodes = graph.nodes.map((node) => {
    const [x = "", target = ""] = node.inputs;
    if (!node.inputs.some((input) => fromImage.has(input))) return node;
    for (const output of node.outputs) fromImage.add(output);
    const sides = constants.get(target);
    if (node.operator !== "Reshape" || sides?.type !== "int64" || sides.data[0] !== 1n) return node;
    const name = `${target}.${batch}`;
    constants.set(name, integers([batch, ...Array.from(sides.data.subarray(1), Number)]));
    return { ...node, inputs: [x, name] };
  });
  const [, ...image] = graph.input.shape;
  return { ...graph, input: { ...graph.input, shape: [batch, ...image] }, nodes, constants };
}
