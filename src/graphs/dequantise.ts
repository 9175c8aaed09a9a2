/**
 * Makes a float32 network of an int8 one, for training. Weights become what their integers stand for; they have no
 * more than 255 different values for each channel. Activations are no longer rounded.
 */
import { type Constant, floats, type Graph, type GraphNode, makeNode, prune } from "./graph.ts";
import { GraphError } from "./graph-error.ts";
import { isQuantized } from "./quantized.ts";

/** The largest value of ReLU6. */
const SIX = 6;
/** The integers of uint8 and int8. */
const LIMITS: Readonly<Record<string, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
};

/**
 * Converts QOperator and QDQ graphs. Quantisers drop a ReLU, because the range of its output says the same: from a
 * range that begins at 0 it is restored, as a ReLU6 if no such range of the network exceeds 6.
 *
 * @returns `graph` itself if it is a float network
 * @throws GraphError GRAPH_UNSUPPORTED if it has quantised operators other than those that `model quantize` writes
 */
export function dequantise(graph: Graph): Graph {
  if (!isQuantized(graph)) return graph;
  const conversion = new Dequantisation(graph);
  const nodes = graph.nodes.flatMap((node) => conversion.convert(node));
  const result = prune({ ...graph, nodes, constants: conversion.constants });
  const foreign = result.nodes.find((node) => isQuantized({ nodes: [node] }));
  if (!foreign) return result;
  throw new GraphError("GRAPH_UNSUPPORTED", {
    what: `${graph.name} cannot be converted to float32.`,
    why: `The meaning of its operator ${foreign.operator} is not known.`,
    fix: "Use the float32 network that it was made of.",
  });
}

class Dequantisation {
  readonly constants: Map<string, Constant>;
  readonly #activation: "Relu" | "Clip";

  constructor(graph: Graph) {
    this.constants = new Map(graph.constants);
    const tops = graph.nodes
      .map((node) => this.#rangeOf(node))
      .filter((range) => range?.[0] === 0)
      .map((range) => range?.[1] as number);
    this.#activation = tops.every((top) => top < SIX * 1.001) ? "Clip" : "Relu";
  }

  convert(node: GraphNode): readonly GraphNode[] {
    const { operator, inputs, attributes } = node;
    const [first = "", second = "", third = "", fourth = "", fifth = "", sixth = ""] = inputs;
    const { channels_last: _, ...own } = attributes;
    switch (operator) {
      case "QLinearConv": {
        const bias = inputs[8] ?? "";
        const weight = this.#float([fourth, fifth, sixth], 0);
        const terms = bias === "" ? [] : [this.#floatBias(bias, second, fifth)];
        return this.#activate(node, makeNode("Conv", [first, weight, ...terms], "", own));
      }
      case "QGemm": {
        const bias = inputs[6] ?? "";
        const transposed = attributes.transB && "int" in attributes.transB && attributes.transB.int;
        const weight = this.#float([fourth, fifth, sixth], transposed ? 0 : 1);
        const terms = bias === "" ? [] : [this.#floatBias(bias, second, fifth)];
        return this.#activate(node, makeNode("Gemm", [first, weight, ...terms], "", own));
      }
      case "QLinearMatMul": {
        const weight = this.#float([fourth, fifth, sixth], 1);
        return this.#activate(node, makeNode("MatMul", [first, weight], ""));
      }
      case "QLinearAdd":
      case "QLinearMul": {
        const right = this.#float([fourth, fifth, sixth], 0);
        return this.#activate(node, makeNode(operator.slice(7), [first, right], ""));
      }
      case "QLinearConcat": {
        const parts = inputs.filter((_name, i) => i >= 2 && i % 3 === 2);
        return this.#activate(node, makeNode("Concat", parts, "", own));
      }
      case "QLinearGlobalAveragePool":
      case "QLinearAveragePool":
        return this.#activate(node, makeNode(operator.slice(7), [first], "", own));
      case "QuantizeLinear":
        return this.#activate(node, makeNode("Identity", [first], ""));
      case "DequantizeLinear": {
        const axis = attributes.axis && "int" in attributes.axis ? attributes.axis.int : 1;
        return this.#rename(node, this.#float([first, second, third], axis));
      }
      case "Cast": {
        const half = this.constants.get(first);
        if (half?.type !== "float16") return [node];
        this.constants.set(`${first}.float`, floats(half.shape, Float32Array.from(half.data)));
        return this.#rename(node, `${first}.float`);
      }
    }
    return [node];
  }

  /** Gives `source` the name of a node's output. */
  #rename(node: GraphNode, source: string): readonly GraphNode[] {
    const output = node.outputs[0] as string;
    const constant = this.constants.get(source);
    if (!constant) return [makeNode("Identity", [source], output)];
    this.constants.set(output, constant);
    return [];
  }

  /** Gives a node the output of the quantised one, with the ReLU that its range stands for. */
  #activate(quantised: GraphNode, node: GraphNode): readonly GraphNode[] {
    const output = quantised.outputs[0] as string;
    if (this.#rangeOf(quantised)?.[0] !== 0) return [{ ...node, outputs: [output] }];
    const linear = `${output}.linear`;
    const bounds = this.#activation === "Clip" ? ["relu6.low", "relu6.high"] : [];
    this.constants.set("relu6.low", floats([], [0]));
    this.constants.set("relu6.high", floats([], [SIX]));
    return [
      { ...node, outputs: [linear] },
      makeNode(this.#activation, [linear, ...bounds], output),
    ];
  }

  /** The smallest and the largest value of a quantised output; undefined if the node has none. */
  #rangeOf({ operator, inputs }: GraphNode): readonly [number, number] | undefined {
    const at = SCALE_POSITIONS[operator];
    if (at === undefined) return undefined;
    const scale = Number(this.constants.get(inputs[at] ?? "")?.data[0]);
    const zero = this.constants.get(inputs[at + 1] ?? "");
    const [low, high] = LIMITS[zero?.type ?? "uint8"] ?? [Number.NaN, Number.NaN];
    const point = Number(zero?.data[0] ?? 0);
    return [(low - point) * scale, (high - point) * scale];
  }

  /**
   * Returns the name of a tensor in float: of a new constant, or of the tensor itself if it is not a constant.
   *
   * @param names - of the integers, the scale and the zero point
   * @param axis - that of the scales, if there are several
   */
  #float([name, scale, zero]: readonly [string, string, string], axis: number): string {
    const integers = this.constants.get(name);
    const scales = this.constants.get(scale)?.data;
    if (!integers || !scales) return name;
    const zeros = this.constants.get(zero)?.data ?? [0];
    const below = integers.shape.slice(axis + 1).reduce((product, side) => product * side, 1);
    const sides = scales.length > 1 ? (integers.shape[axis] as number) : 1;
    const data = Float32Array.from(integers.data as ArrayLike<number>, (value, i) => {
      const at = Math.floor(i / below) % sides;
      return (value - Number(zeros[at] ?? zeros[0])) * Number(scales[at]);
    });
    return this.#addFloat(name, floats(integers.shape, data));
  }

  /** A bias, whose scale is the product of those of the input and of the weights. */
  #floatBias(name: string, input: string, weight: string): string {
    const integers = this.constants.get(name);
    const x = this.constants.get(input)?.data;
    const w = this.constants.get(weight)?.data;
    if (!integers || !x || !w) return name;
    const data = Float32Array.from(
      integers.data as ArrayLike<number>,
      (value, i) => value * Number(x[0]) * Number(w[i] ?? w[0]),
    );
    return this.#addFloat(name, floats(integers.shape, data));
  }

  #addFloat(name: string, constant: Constant): string {
    const float = `${name.replace(/\.q$/, "")}.float`;
    this.constants.set(float, constant);
    return float;
  }
}

/** Where the scale of the output is among the inputs; the zero point follows it. */
const SCALE_POSITIONS: Readonly<Record<string, number>> = {
  QLinearConv: 6,
  QGemm: 7,
  QLinearMatMul: 6,
  QLinearAdd: 6,
  QLinearMul: 6,
  QLinearConcat: 0,
  QLinearGlobalAveragePool: 3,
  QLinearAveragePool: 3,
  QuantizeLinear: 1,
};
