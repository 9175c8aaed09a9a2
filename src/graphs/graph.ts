/** An ONNX graph as plain data: what the tools here read, change and write. */

/** Element types of constants, by ONNX's names. */
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

/** Of a node: a number, a list of numbers, text, or a tensor. */
export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly text: string }
  | { readonly tensor: Constant };

/** Attributes by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** One operation. */
export type GraphNode = {
  readonly operator: string;
  /** "" for ONNX's own. */
  readonly domain: string;
  /** Names of tensors; "" for an optional input that is not given. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
};

/** A float32 input or output; the shape of an output may be unknown. */
export type ValueInfo = { readonly name: string; readonly shape?: readonly number[] };

/** A graph with one input. Nodes are in an order in which they can be run. */
export type Graph = {
  readonly name: string;
  /** Versions of the operator sets by domain; "" for ONNX's own. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly GraphNode[];
  /** By name. */
  readonly constants: ReadonlyMap<string, Constant>;
};

/** Domain of the operators that ONNX Runtime adds, as QLinearAdd. */
export const MICROSOFT = "com.microsoft";

/** A constant of float32. */
export function floats(shape: readonly number[], data: Float32Array | readonly number[]): Constant {
  return { type: "float", shape, data: Float32Array.from(data) };
}

/** A list of int64. */
export function integers(values: readonly number[]): Constant {
  return { type: "int64", shape: [values.length], data: BigInt64Array.from(values, BigInt) };
}

/** A node with one output. */
export function makeNode(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Attributes = {},
  domain = "",
): GraphNode {
  return { operator, domain, inputs, outputs: [output], attributes };
}

/** An integer attribute. */
export function intOf({ attributes }: GraphNode, name: string, fallback: number): number {
  const attribute = attributes[name];
  return attribute && "int" in attribute ? attribute.int : fallback;
}

/** A list of integers; undefined where it is not given. */
export function intsOf({ attributes }: GraphNode, name: string): readonly number[] | undefined {
  const attribute = attributes[name];
  return attribute && "ints" in attribute ? attribute.ints : undefined;
}

/** A float attribute. */
export function floatOf({ attributes }: GraphNode, name: string, fallback: number): number {
  const attribute = attributes[name];
  return attribute && "float" in attribute ? attribute.float : fallback;
}

/** The nodes that use each tensor. */
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

/** The node that makes each tensor. */
export function findProducers({ nodes }: Pick<Graph, "nodes">): Map<string, GraphNode> {
  return new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
}

/** Leaves out the nodes and constants that no output needs. */
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
