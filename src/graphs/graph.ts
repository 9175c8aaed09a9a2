/** An ONNX graph as plain data. */

/** Element types of constants, with ONNX's names. */
export type ElementType = "float" | "float16" | "int8" | "uint8" | "int32" | "int64" | "bool";

/** A constant tensor, row-major. */
export type Constant =
  | { readonly type: "float"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly type: "float16"; readonly shape: readonly number[]; readonly data: Float16Array }
  | { readonly type: "int8"; readonly shape: readonly number[]; readonly data: Int8Array }
  | {
      readonly type: "uint8" | "bool";
      readonly shape: readonly number[];
      readonly data: Uint8Array;
    }
  | { readonly type: "int32"; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly type: "int64"; readonly shape: readonly number[]; readonly data: BigInt64Array };

/** An attribute of a node: a number, a list of numbers, text, or a tensor. */
export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly text: string }
  | { readonly tensor: Constant };

export type Attributes = Readonly<Record<string, Attribute>>;

export type GraphNode = {
  readonly operator: string;
  /** The operator set; "" for that of ONNX itself. */
  readonly domain: string;
  /** Names of tensors; "" for an optional input that is absent. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
};

/** A float32 input or output; the shape of an output may be unknown. */
export type ValueInfo = { readonly name: string; readonly shape?: readonly number[] };

/** A graph with one input. The nodes are in an order in which they can run. */
export type Graph = {
  readonly name: string;
  /** Versions of the operator sets, by domain. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, Constant>;
};

/** The domain of the operators that ONNX Runtime adds, such as QLinearAdd. */
export const MICROSOFT = "com.microsoft";

/** Makes a float32 constant. */
export function floats(shape: readonly number[], data: Float32Array | readonly number[]): Constant {
  return { type: "float", shape, data: Float32Array.from(data) };
}

/** Makes a one-dimensional int64 constant. */
export function integers(values: readonly number[]): Constant {
  return { type: "int64", shape: [values.length], data: BigInt64Array.from(values, BigInt) };
}

/** Makes a node with one output. */
export function makeNode(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Attributes = {},
  domain = "",
): GraphNode {
  return { operator, domain, inputs, outputs: [output], attributes };
}

/** Returns an integer attribute, or `fallback` if it is absent. */
export function intOf({ attributes }: GraphNode, name: string, fallback: number): number {
  const attribute = attributes[name];
  return attribute && "int" in attribute ? attribute.int : fallback;
}

/** Returns an attribute that is a list of integers; undefined if absent. */
export function intsOf({ attributes }: GraphNode, name: string): readonly number[] | undefined {
  const attribute = attributes[name];
  return attribute && "ints" in attribute ? attribute.ints : undefined;
}

/** Returns a float attribute, or `fallback` if it is absent. */
export function floatOf({ attributes }: GraphNode, name: string, fallback: number): number {
  const attribute = attributes[name];
  return attribute && "float" in attribute ? attribute.float : fallback;
}

/** Finds the nodes that use each tensor. */
export function findConsumers({ nodes }: Pick<Graph, "nodes">): Map<string, GraphNode[]> {
  const consumers = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    for (const input of new Set(node.inputs)) {
      if (input === "") continue;
      consumers.set(input, [...(consumers.get(input) ?? []), node]);
    }
  }
  return consumers;
}

/** Finds the node that computes each tensor. */
export function findProducers({ nodes }: Pick<Graph, "nodes">): Map<string, GraphNode> {
  return new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
}

/** Removes the nodes and constants that no output needs. */
export function prune(graph: Graph): Graph {
  const producers = findProducers(graph);
  const needed = new Set<string>();
  const waiting = graph.outputs.map(({ name }) => name);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (needed.has(name)) continue;
    needed.add(name);
    waiting.push(...(producers.get(name)?.inputs ?? []));
  }
  return {
    ...graph,
    nodes: graph.nodes.filter(({ outputs }) => outputs.some((output) => needed.has(output))),
    constants: new Map([...graph.constants].filter(([name]) => needed.has(name))),
  };
}
