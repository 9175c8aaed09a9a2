import { type Graph, type GraphNode, intsOf, makeNode } from "./graph.ts";
import type { FoundInput } from "./onnx/read-input.ts";

/** The number of uint8 in ONNX. */
const UINT8 = 2;
const TO_NHWC = [0, 2, 3, 1];
const TO_NCHW = [0, 3, 1, 2];

/**
 * Makes a graph take float32 in NCHW: an input in NHWC gets a Transpose in front, one of uint8 a Cast. The input keeps its name.
 */
export function adaptInput(graph: Graph, { layout, elements }: FoundInput): Graph {
  const { name } = graph.input;
  const added: GraphNode[] = [];
  let nchw = name;
  if (elements === "uint8") {
    nchw = freeName(graph, `${name}_uint8`);
    added.push(makeNode("Cast", [name], nchw, { to: { int: UINT8 } }));
  }
  if (layout === "nchw") return prepend(graph, added, new Map([[name, nchw]]));
  const { others, undone } = splitTransposes(graph);
  const nhwc = freeName(graph, `${name}_nhwc`);
  if (others.some(({ inputs }) => inputs.includes(name))) {
    added.push(makeNode("Transpose", [nchw], nhwc, { perm: { ints: TO_NHWC } }));
  }
  const names = new Map([[name, nhwc], ...undone.map((output) => [output, nchw] as const)]);
  return prepend({ ...graph, nodes: others }, added, names);
}

/** @param names - new names of the inputs of the graph's own nodes, by old name */
function prepend(
  graph: Graph,
  added: readonly GraphNode[],
  names: ReadonlyMap<string, string>,
): Graph {
  const nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((input) => names.get(input) ?? input),
  }));
  return { ...graph, nodes: [...added, ...nodes] };
}

/** The outputs of nodes that only turn the input into NCHW, which it is already, and all other nodes. */
function splitTransposes({ input, nodes, outputs }: Graph) {
  const results = new Set(outputs.map(({ name }) => name));
  const isUndone = (node: GraphNode) =>
    node.operator === "Transpose" &&
    node.inputs[0] === input.name &&
    intsOf(node, "perm")?.join() === TO_NCHW.join() &&
    !results.has(node.outputs[0] as string);
  return {
    others: nodes.filter((node) => !isUndone(node)),
    undone: nodes.filter(isUndone).map(({ outputs: [output] }) => output as string),
  };
}

/** A name that no tensor of the graph has. */
function freeName({ nodes, constants, outputs }: Graph, wanted: string): string {
  const taken = new Set([
    ...constants.keys(),
    ...outputs.map(({ name }) => name),
    ...nodes.flatMap((node) => [...node.inputs, ...node.outputs]),
  ]);
  let name = wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted}_${i}`;
  return name;
}
