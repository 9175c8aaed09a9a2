import { type Constant, findConsumers, type Graph, type GraphNode } from "../graph.ts";
import { GraphError } from "../graph-error.ts";
import { isSameOrder, type Layout, reorder, TO_IMAGE, TO_PLAIN, transpose } from "./layouts.ts";
import { TfliteBuilder, type Value } from "./tflite-builder.ts";
import type { TfliteQuantization } from "./tflite-graph.ts";

/** A tensor of the ONNX graph in the layouts in which it is available. */
type Forms = { readonly [Name in Layout]?: Value };

export type Placed = { readonly value: Value; readonly layout: Layout };

/** A graph that is being converted: its constants, and what its tensors have become. */
export class Conversion {
  readonly builder = new TfliteBuilder();
  readonly #graph: Graph;
  readonly #consumers: ReadonlyMap<string, readonly GraphNode[]>;
  readonly #forms = new Map<string, Forms>();
  readonly #floats = new Map<number, Value>();
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

  findConstant(name: string | undefined): Constant | undefined {
    return this.#constants.get(name ?? "");
  }

  keepConstant(name: string, constant: Constant): void {
    this.#constants.set(name, constant);
  }

  /** Says which tensor an ONNX tensor has become. */
  keep(name: string, { value, layout }: Placed): Value {
    this.#forms.set(name, { ...this.#forms.get(name), [layout]: value });
    return value;
  }

  /** A tensor in the layout in which it was computed. */
  placed(name: string): Placed {
    const { image, plain } = this.#forms.get(name) ?? {};
    if (image) return { value: image, layout: "image" };
    if (plain) return { value: plain, layout: "plain" };
    const why = `the tensor ${name} is not computed by a node that can be converted`;
    throw refuse(this.#graph.name, why);
  }

  /** A tensor of rank 4 in NHWC. */
  image(node: GraphNode, name: string): Value {
    const { value, layout } = this.placed(name);
    if (layout === "image") return value;
    if (value.shape.length !== 4) throw this.refuse(node, `its input ${name} is not an image`);
    const shape = reorder(value.shape, TO_IMAGE);
    return this.keep(name, { value: this.#turn(value, shape, TO_IMAGE), layout: "image" });
  }

  /** A tensor with the axes in the order of ONNX. */
  plain(name: string): Value {
    const known = this.#forms.get(name)?.plain;
    if (known) return known;
    const { value } = this.placed(name);
    const shape = reorder(value.shape, TO_PLAIN);
    return this.keep(name, { value: this.#turn(value, shape, TO_PLAIN), layout: "plain" });
  }

  #turn(value: Value, shape: readonly number[], order: readonly number[]): Value {
    const isImage = order === TO_IMAGE;
    if (isSameOrder(isImage ? shape : value.shape)) return this.builder.reshape(value, shape);
    return this.builder.transpose(value, order);
  }

  /** A computed tensor or a constant of float as an input of an operator on tensors of `rank`. */
  operand(node: GraphNode, name: string, layout: Layout, rank: number): Value {
    const constant = this.#constants.get(name);
    if (!constant) {
      const value = layout === "image" ? this.placed(name) : undefined;
      if (value?.layout === "image") return value.value;
      const plain = this.plain(name);
      const padded = this.builder.reshape(plain, padShape(plain.shape, rank));
      return layout === "image"
        ? this.#turn(padded, reorder(padded.shape, TO_IMAGE), TO_IMAGE)
        : padded;
    }
    if (constant.type !== "float") throw this.refuse(node, `its input ${name} is not of float`);
    const shape = padShape(constant.shape, rank);
    if (layout === "plain") return this.builder.constant(name, "float32", shape, constant.data);
    const data = transpose(constant.data, shape, TO_IMAGE);
    return this.builder.constant(name, "float32", reorder(shape, TO_IMAGE), data);
  }

  /** An output of the graph: images in NHWC, and the tensor under its name. */
  output(name: string): Value {
    const { value, layout } = this.placed(name);
    const isTurned = layout === "plain" && value.shape.length === 4;
    const result = isTurned ? this.#turn(value, reorder(value.shape, TO_IMAGE), TO_IMAGE) : value;
    return result.name === name ? result : this.builder.copy(result, name);
  }

  float(name: string, layout: Layout, shape: readonly number[]): Value {
    return this.keep(name, { value: this.builder.tensor(name, "float32", shape), layout });
  }

  /** @param levels - the names of the scale and the zero point */
  integer(
    node: GraphNode,
    name: string,
    layout: Layout,
    shape: readonly number[],
    levels: readonly [scale: string, zero: string],
  ): Value {
    const quantization = this.levels(node, levels);
    return this.keep(name, {
      value: this.builder.tensor(name, "int8", shape, quantization),
      layout,
    });
  }

  /** A tensor with the element type and the levels of another. */
  like(name: string, layout: Layout, shape: readonly number[], other: Value): Value {
    const { type, quantization } = other;
    return this.keep(name, { value: this.builder.tensor(name, type, shape, quantization), layout });
  }

  levels(node: GraphNode, [scale, zero]: readonly [string, string]): TfliteQuantization {
    const zeros = this.#constants.get(zero);
    if (zeros?.type !== "uint8" && zeros?.type !== "int8") {
      throw this.refuse(node, `its zero point ${zero} is not a constant of 8 bits`);
    }
    const scales = [...this.constant(node, scale, "float").data];
    if (scales.length !== 1) throw this.refuse(node, "its input has levels for each channel");
    const shift = zeros.type === "uint8" ? 128 : 0;
    return { scales, zeroPoints: [...zeros.data].map((level) => level - shift), axis: 0 };
  }

  /** A tensor in float, which is dequantised once. */
  dequantised(value: Value): Value {
    if (value.type === "float32") return value;
    const known = this.#floats.get(value.index);
    if (known) return known;
    const float = this.builder.tensor(`${value.name}.float`, "float32", value.shape);
    this.builder.add({ kind: "DEQUANTIZE" }, [value], [float]);
    this.#floats.set(value.index, float);
    return float;
  }

  constant<Type extends Constant["type"]>(node: GraphNode, name: string, type: Type) {
    const constant = this.#constants.get(name);
    if (constant?.type === type) return constant as Constant & { readonly type: Type };
    throw this.refuse(node, `its input ${name} is not a constant of ${type}`);
  }

  /** A list of integers: the attribute of older operator sets, or the constant input; undefined if absent. */
  integers(node: GraphNode, attribute: string, position: number): number[] | undefined {
    const found = node.attributes[attribute];
    if (found && "ints" in found) return [...found.ints];
    const name = node.inputs[position];
    if (!name) return undefined;
    const constant = this.#constants.get(name);
    if (!constant) throw this.refuse(node, `its input ${name} is not a constant`);
    return Array.from(constant.data, Number);
  }

  /** The node that alone uses the output of another, which is not an output of the graph. */
  onlyConsumer(node: GraphNode): GraphNode | undefined {
    const [name = ""] = node.outputs;
    if (this.isOutput(name)) return undefined;
    const [only, ...others] = this.#consumers.get(name) ?? [];
    return others.length === 0 ? only : undefined;
  }

  isOutput(name: string): boolean {
    return this.#graph.outputs.some((output) => output.name === name);
  }

  refuse({ operator, outputs }: GraphNode, reason: string): GraphError {
    return refuse(this.#graph.name, `${operator} (${outputs[0]}): ${reason}`);
  }
}

/** A shape with axes of length 1 in front. */
function padShape(shape: readonly number[], rank: number): number[] {
  return [...new Array<number>(Math.max(rank - shape.length, 0)).fill(1), ...shape];
}

function refuse(name: string, why: string): GraphError {
  return new GraphError("GRAPH_UNSUPPORTED", {
    what: `${name} cannot be converted to TensorFlow Lite.`,
    why: `${why}.`,
    fix: "Use the network with ONNX Runtime.",
  });
}
