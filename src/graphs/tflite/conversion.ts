import { type Constant, findConsumers, type Graph, type GraphNode } from "../graph.ts";
import { GraphError } from "../graph-error.ts";
import { TfliteBuilder, type Value } from "./tflite-builder.ts";

/** A graph that is being converted: its constants, and what its tensors have become. */
export class Conversion {
  readonly builder = new TfliteBuilder();
  readonly #graph: Graph;
  readonly #consumers: ReadonlyMap<string, readonly GraphNode[]>;
  readonly #values = new Map<string, Value>();
  readonly #constants: Map<string, Constant>;
  readonly #done = new Set<GraphNode>();

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#constants = new Map(graph.constants);
    this.#consumers = findConsumers(graph);
  }

  /** Says that nodes are part of what another node became. */
  takeIn(...nodes: readonly GraphNode[]): void {
    for (const node of nodes) this.#done.add(node);
  }

  isTakenIn(node: GraphNode): boolean {
    return this.#done.has(node);
  }

  findConstant(name: string): Constant | undefined {
    return this.#constants.get(name);
  }

  keepConstant(name: string, constant: Constant): void {
    this.#constants.set(name, constant);
  }

  value(name: string): Value {
    const value = this.#values.get(name);
    if (value) return value;
    throw refuse(
      this.#graph.name,
      `the tensor ${name} is not computed by a node that can be converted`,
    );
  }

  float(name: string, shape: readonly number[]): Value {
    return this.#keep(name, this.builder.tensor(name, "float32", shape));
  }

  integer(
    node: GraphNode,
    name: string,
    shape: readonly number[],
    [scale, zero]: readonly [string, string],
  ): Value {
    const scales = [...this.constant(node, scale, "float").data];
    const zeroPoints = [...this.constant(node, zero, "uint8").data].map((level) => level - 128);
    return this.#keep(
      name,
      this.builder.tensor(name, "int8", shape, { scales, zeroPoints, axis: 0 }),
    );
  }

  like(name: string, shape: readonly number[], { type, quantization }: Value): Value {
    return this.#keep(name, this.builder.tensor(name, type, shape, quantization));
  }

  #keep(name: string, value: Value): Value {
    this.#values.set(name, value);
    return value;
  }

  constant<Type extends Constant["type"]>(node: GraphNode, name: string, type: Type) {
    const constant = this.#constants.get(name);
    if (constant?.type === type) return constant as Constant & { readonly type: Type };
    throw this.refuse(node, `its input ${name} is not a constant of ${type}`);
  }

  onlyConsumer(node: GraphNode): GraphNode | undefined {
    const [name = ""] = node.outputs;
    if (this.#graph.outputs.some((output) => output.name === name)) return undefined;
    const [only, ...others] = this.#consumers.get(name) ?? [];
    return others.length === 0 ? only : undefined;
  }

  shapeOf({ inputs }: GraphNode): number[] {
    const shape = this.#constants.get(inputs[1] ?? "");
    return shape ? [...shape.data].map(Number) : [];
  }

  sameShape(node: GraphNode, values: readonly Value[]): readonly number[] {
    const [first, ...others] = values.map(({ shape }) => shape.join());
    if (others.some((shape) => shape !== first)) throw this.refuse(node, "it broadcasts");
    return values[0]?.shape ?? [];
  }

  refuse({ operator, outputs }: GraphNode, reason: string): GraphError {
    return refuse(this.#graph.name, `${operator} (${outputs[0]}): ${reason}`);
  }
}

function refuse(name: string, why: string): GraphError {
  return new GraphError("GRAPH_UNSUPPORTED", {
    what: `${name} cannot be converted to TensorFlow Lite.`,
    why: `${why}.`,
    fix: "Use the network with ONNX Runtime.",
  });
}
