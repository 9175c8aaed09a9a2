/**
 * Brings a graph in the format QDQ into the format QOperator: float operators between DequantizeLinear and
 * QuantizeLinear become operators on integers. The converter reads only those.
 */
import {
  findConsumers,
  findProducers,
  type Graph,
  type GraphNode,
  intOf,
  MICROSOFT,
  makeNode,
} from "../graph.ts";

/** A tensor as integers: its name, scale and zero point. */
type Integers = readonly [values: string, scale: string, zero: string];

/** For each float operator: how the one on integers is made. */
const JOINED: Readonly<Record<string, (node: GraphNode, parts: Parts) => GraphNode>> = {
  Conv: (node, { inputs: [x, w, b], output: [name, scale, zero] }) =>
    makeNode(
      "QLinearConv",
      [...use(x), ...use(w), scale, zero, ...(b ? [b[0]] : [])],
      name,
      node.attributes,
    ),
  Gemm: (node, { inputs: [x, w, b], output: [name, scale, zero] }) =>
    makeNode(
      "QGemm",
      [...use(x), ...use(w), b?.[0] ?? "", scale, zero],
      name,
      node.attributes,
      MICROSOFT,
    ),
  Add: joinSimply,
  AveragePool: joinSimply,
  GlobalAveragePool: joinSimply,
  Concat: (node, { inputs, output: [name, scale, zero] }) =>
    makeNode(
      "QLinearConcat",
      [scale, zero, ...inputs.flatMap(use)],
      name,
      { axis: { int: intOf(node, "axis", 1) } },
      MICROSOFT,
    ),
};

type Parts = { readonly inputs: readonly (Integers | undefined)[]; readonly output: Integers };

/** The graph with each joined operator in place of the QuantizeLinear behind it. */
export function joinLevels(graph: Graph): Graph {
  const producers = findProducers(graph);
  const consumers = findConsumers(graph);
  const isOutput = new Set(graph.outputs.map(({ name }) => name));
  const nodes = graph.nodes.map((node) => {
    const [raw = "", scale = "", zero = ""] = node.inputs;
    const operation = node.operator === "QuantizeLinear" ? producers.get(raw) : undefined;
    const join =
      operation && Object.hasOwn(JOINED, operation.operator) && JOINED[operation.operator];
    if (!operation || !join || isOutput.has(raw) || consumers.get(raw)?.length !== 1) return node;
    const inputs = operation.inputs.map((name) => readIntegers(producers.get(name)));
    if (inputs.some((input) => !input)) return node;
    return join(operation, { inputs, output: [node.outputs[0] as string, scale, zero] });
  });
  return { ...graph, nodes };
}

function joinSimply(node: GraphNode, { inputs, output: [name, scale, zero] }: Parts): GraphNode {
  const parts = [...inputs.flatMap(use), scale, zero];
  return makeNode(`QLinear${node.operator}`, parts, name, node.attributes, MICROSOFT);
}

function use(integers: Integers | undefined): Integers {
  return integers ?? ["", "", ""];
}

function readIntegers(node: GraphNode | undefined): Integers | undefined {
  if (node?.operator !== "DequantizeLinear") return undefined;
  const [values = "", scale = "", zero = ""] = node.inputs;
  return [values, scale, zero];
}
