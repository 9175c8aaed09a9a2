/** Lets a network that was exported for one image take several at once. */
import { type Constant, type Graph, integers } from "../graphs/graph.ts";

/** Operators that take a shape, and at which input. */
const SHAPE_INPUTS: Readonly<Record<string, number>> = { Reshape: 1, Resize: 3 };

/**
 * Sets the number of images. Only the operators in the table may have it among their constants, as the first side;
 * there it is replaced.
 *
 * @param batch - the number of images
 */
export function rebatch(graph: Graph, batch: number): Graph {
  const constants = new Map<string, Constant>(graph.constants);
  const fromImage = new Set([graph.input.name]);
  const nodes = graph.nodes.map((node) => {
    if (!node.inputs.some((input) => fromImage.has(input))) return node;
    for (const output of node.outputs) fromImage.add(output);
    const at = SHAPE_INPUTS[node.operator] ?? -1;
    const target = node.inputs[at] ?? "";
    const sides = constants.get(target);
    if (sides?.type !== "int64" || sides.data[0] !== 1n) return node;
    const name = `${target}.${batch}`;
    constants.set(name, integers([batch, ...Array.from(sides.data.subarray(1), Number)]));
    return { ...node, inputs: node.inputs.with(at, name) };
  });
  const [, ...image] = graph.input.shape;
  return { ...graph, input: { ...graph.input, shape: [batch, ...image] }, nodes, constants };
}
