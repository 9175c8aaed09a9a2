/**
 * Converts an int8 graph of the quantiser (QOperator) to TensorFlow Lite with the same weights and scales, so
 * that nothing is calibrated again. Tensors of 8 bits become signed: their zero points are 128 less.
 */
import {
  type Constant,
  findConsumers,
  type Graph,
  type GraphNode,
  intOf,
  intsOf,
} from "../graph.ts";
import { GraphError } from "../graph-error.ts";
import { TfliteBuilder, type Value } from "./tflite-builder.ts";
import type { TfliteGraph } from "./tflite-graph.ts";
import { readWindow } from "./windows.ts";

/** The two axes of the image in NHWC. */
const IMAGE_AXES = [1, 2];

type Convert = (converter: Converter, node: GraphNode) => void;

/** Adding an operator means adding a row. */
const CONVERTERS: Readonly<Record<string, Convert>> = {
  Cast: (converter, node) => converter.castConstant(node),
  QuantizeLinear: (converter, node) => converter.quantize(node),
  DequantizeLinear: (converter, node) => converter.dequantize(node),
  QLinearConv: (converter, node) => converter.convolve(node),
  QLinearAdd: (converter, node) => converter.addIntegers(node),
  QLinearConcat: (converter, node) => converter.concatenate(node),
  QLinearGlobalAveragePool: (converter, node) => converter.averageIntegers(node),
  MaxPool: (converter, node) => converter.maxPool(node),
  Split: (converter, node) => converter.split(node),
  Reshape: (converter, node) => converter.shuffle(node),
  Add: (converter, node) => converter.addFloats(node),
  GlobalAveragePool: (converter, node) => converter.averageFloats(node),
  ReduceMean: (converter, node) => converter.averageFloats(node),
  Flatten: (converter, node) => converter.flatten(node),
  Gemm: (converter, node) => converter.classify(node),
};

/**
 * @param graph - of opset 13 to 17, with images of a fixed size
 * @returns a graph with the outputs of `graph`; feature maps are NHWC
 * @throws GraphError GRAPH_UNSUPPORTED naming the first operator that has no counterpart
 */
export function convertGraph(graph: Graph): TfliteGraph {
  return new Converter(graph).convert();
}

/** Whether a graph can be converted, and if not, why. */
export function explainInconvertible(graph: Graph): string | undefined {
  try {
    convertGraph(graph);
    return undefined;
  } catch (error) {
    if (error instanceof GraphError && error.code === "GRAPH_UNSUPPORTED") return error.why;
    throw error;
  }
}

class Converter {
  readonly #graph: Graph;
  readonly #consumers: ReadonlyMap<string, readonly GraphNode[]>;
  readonly #builder = new TfliteBuilder();
  readonly #values = new Map<string, Value>();
  readonly #constants: Map<string, Constant>;
  /** Nodes that another one has taken in. */
  readonly #done = new Set<GraphNode>();

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#constants = new Map(graph.constants);
    this.#consumers = findConsumers(graph);
  }

  convert(): TfliteGraph {
    const { name, input, nodes, outputs } = this.#graph;
    const [batch = 1, channels = 0, height = 0, width = 0] = input.shape;
    const first = this.#builder.tensor(input.name, "float32", [batch, height, width, channels]);
    this.#values.set(input.name, first);
    for (const node of nodes) {
      if (this.#done.has(node)) continue;
      const convert = CONVERTERS[node.operator];
      if (!convert) throw this.#refuse(node, "it has no counterpart");
      convert(this, node);
    }
    const values = outputs.map((output) => this.#value(output.name));
    return this.#builder.build(name, [first], values);
  }

  /** Half-precision weights of the head stay as they are; the runtime converts them when it loads. */
  castConstant(node: GraphNode): void {
    const constant = this.#constants.get(node.inputs[0] as string);
    if (!constant) throw this.#refuse(node, "its input is not a constant");
    this.#constants.set(node.outputs[0] as string, constant);
  }

  quantize(node: GraphNode): void {
    const [input = "", scale = "", zero = ""] = node.inputs;
    const value = this.#value(input);
    const output = this.#integer(node, node.outputs[0] as string, value.shape, [scale, zero]);
    this.#builder.add({ kind: "QUANTIZE" }, [value], [output]);
  }

  dequantize(node: GraphNode): void {
    const value = this.#value(node.inputs[0] as string);
    const output = this.#float(node.outputs[0] as string, value.shape);
    this.#builder.add({ kind: "DEQUANTIZE" }, [value], [output]);
  }

  convolve(node: GraphNode): void {
    const [x = "", xs = "", , w = "", ws = "", wz = "", ys = "", yz = "", b = ""] = node.inputs;
    const input = this.#value(x);
    const weight = this.#constant(node, w, "int8");
    const zeros = this.#constant(node, wz, "int8");
    if (zeros.data.some((zero) => zero !== 0))
      throw this.#refuse(node, "its weights are not symmetric");
    const [outputs = 0, perGroup = 0, kernelHeight = 0, kernelWidth = 0] = weight.shape;
    const groups = intOf(node, "group", 1);
    const channels = input.shape[3] as number;
    const isDepthwise = groups > 1 && groups === channels && perGroup === 1;
    if (groups > 1 && !isDepthwise) throw this.#refuse(node, `it has ${groups} groups`);
    const kernel = { height: kernelHeight, width: kernelWidth };
    const window = readWindow(node, input.shape, kernel);
    const padded = this.#builder.pad(input, window.pads);
    const scales = spread(this.#constant(node, ws, "float").data, outputs);
    const inputScale = this.#constant(node, xs, "float").data[0] as number;
    const name = node.outputs[0] as string;
    const kernels = this.#builder.constant(
      `${name}.weight`,
      "int8",
      isDepthwise
        ? [1, kernelHeight, kernelWidth, outputs]
        : [outputs, kernelHeight, kernelWidth, perGroup],
      transposeWeights(weight.data, weight.shape, isDepthwise),
      { scales, zeroPoints: scales.map(() => 0), axis: isDepthwise ? 3 : 0 },
    );
    const bias = b === "" ? new Int32Array(outputs) : this.#constant(node, b, "int32").data;
    const biases = this.#builder.constant(`${name}.bias`, "int32", [outputs], bias, {
      scales: scales.map((scale) => Math.fround(scale * inputScale)),
      zeroPoints: scales.map(() => 0),
      axis: 0,
    });
    const shape = [1, window.output.height, window.output.width, outputs];
    const output = this.#integer(node, name, shape, [ys, yz]);
    const { padding, stride, dilation } = window;
    this.#builder.add(
      isDepthwise
        ? { kind: "DEPTHWISE_CONV_2D", padding, stride, dilation, multiplier: outputs / channels }
        : { kind: "CONV_2D", padding, stride, dilation },
      [padded, kernels, biases],
      [output],
    );
  }

  addIntegers(node: GraphNode): void {
    const [a = "", , , b = "", , , ys = "", yz = ""] = node.inputs;
    const values = [this.#value(a), this.#value(b)];
    const shape = this.#sameShape(node, values);
    const output = this.#integer(node, node.outputs[0] as string, shape, [ys, yz]);
    this.#builder.add({ kind: "ADD", activation: "NONE" }, values, [output]);
  }

  concatenate(node: GraphNode): void {
    const [ys = "", yz = "", ...rest] = node.inputs;
    if (intOf(node, "axis", 1) !== 1) throw this.#refuse(node, "it does not join channels");
    const inputs = rest.filter((_, i) => i % 3 === 0).map((name) => this.#value(name));
    const channels = inputs.reduce((sum, { shape }) => sum + (shape[3] as number), 0);
    const [batch = 1, height = 0, width = 0] = inputs[0]?.shape ?? [];
    const output = this.#integer(
      node,
      node.outputs[0] as string,
      [batch, height, width, channels],
      [ys, yz],
    );
    // All inputs of a CONCATENATION must have the levels of its output.
    const alike = inputs.map((input) => this.#builder.requantize(input, output));
    this.#builder.add({ kind: "CONCATENATION", axis: 3 }, alike, [output]);
  }

  averageIntegers(node: GraphNode): void {
    const [x = "", , , ys = "", yz = ""] = node.inputs;
    const input = this.#value(x);
    const shape = [1, 1, 1, input.shape[3] as number];
    const output = this.#integer(node, node.outputs[0] as string, shape, [ys, yz]);
    this.#builder.add(
      { kind: "MEAN", keepDims: true },
      [input, this.#builder.axes(IMAGE_AXES)],
      [output],
    );
  }

  maxPool(node: GraphNode): void {
    const input = this.#value(node.inputs[0] as string);
    const [height = 1, width = 1] = intsOf(node, "kernel_shape") ?? [];
    const window = readWindow(node, input.shape, { height, width });
    const isPadded = window.pads.some((count) => count > 0);
    // PAD fills with the level of 0, which is the smallest one only after a ReLU.
    if (isPadded && input.quantization?.zeroPoints[0] !== -128) {
      throw this.#refuse(node, "it pads values that can be negative");
    }
    const padded = this.#builder.pad(input, window.pads);
    const shape = [1, window.output.height, window.output.width, input.shape[3] as number];
    const output = this.#like(node.outputs[0] as string, shape, input);
    const { padding, stride } = window;
    this.#builder.add(
      { kind: "MAX_POOL_2D", padding, stride, filter: { height, width } },
      [padded],
      [output],
    );
  }

  split(node: GraphNode): void {
    const input = this.#value(node.inputs[0] as string);
    const count = node.outputs.length;
    const channels = (input.shape[3] as number) / count;
    const sizes = node.inputs[1] && this.#constants.get(node.inputs[1]);
    const isEven = !sizes || [...sizes.data].every((size) => Number(size) === channels);
    if (intOf(node, "axis", 0) !== 1 || !isEven) {
      throw this.#refuse(node, "it does not split channels into equal parts");
    }
    const shape = [...input.shape.slice(0, 3), channels];
    const outputs = node.outputs.map((name) => this.#like(name, shape, input));
    this.#builder.add({ kind: "SPLIT", count }, [this.#builder.axes([3], []), input], outputs);
  }

  /** Reshape, Transpose and Reshape that mix the channels of groups, as ShuffleNet does. */
  shuffle(node: GraphNode): void {
    const input = this.#value(node.inputs[0] as string);
    const [batch = 1, height = 0, width = 0, channels = 0] = input.shape;
    const transpose = this.#onlyConsumer(node);
    const back = transpose && this.#onlyConsumer(transpose);
    const groups = this.#shapeOf(node)[1] ?? 0;
    const order = (transpose && intsOf(transpose, "perm")) ?? [];
    const isShuffle =
      transpose?.operator === "Transpose" &&
      back?.operator === "Reshape" &&
      order.join() === "0,2,1,3,4";
    if (!isShuffle || groups <= 0 || channels % groups !== 0) {
      throw this.#refuse(node, "it is not part of a channel shuffle");
    }
    const name = node.outputs[0] as string;
    const apart = [batch, height, width, groups, channels / groups];
    const mixed = [batch, height, width, channels / groups, groups];
    const first = this.#like(name, apart, input);
    const second = this.#like(transpose.outputs[0] as string, mixed, input);
    const third = this.#like(back.outputs[0] as string, input.shape, input);
    this.#builder.add(
      { kind: "RESHAPE", shape: apart },
      [input, this.#builder.axes(apart)],
      [first],
    );
    this.#builder.add(
      { kind: "TRANSPOSE" },
      [first, this.#builder.axes([0, 1, 2, 4, 3])],
      [second],
    );
    const whole = this.#builder.axes(input.shape);
    this.#builder.add({ kind: "RESHAPE", shape: input.shape }, [second, whole], [third]);
    this.#done.add(transpose).add(back);
  }

  addFloats(node: GraphNode): void {
    const values = node.inputs.map((name) => this.#value(name));
    const shape = this.#sameShape(node, values);
    const relu = this.#onlyConsumer(node);
    const isFollowed = relu?.operator === "Relu";
    if (isFollowed) this.#done.add(relu);
    const name = (isFollowed ? relu : node).outputs[0] as string;
    const output = this.#float(name, shape);
    this.#builder.add({ kind: "ADD", activation: isFollowed ? "RELU" : "NONE" }, values, [output]);
  }

  averageFloats(node: GraphNode): void {
    const input = this.#value(node.inputs[0] as string);
    if (input.shape.length !== 4 || input.type !== "float32") {
      throw this.#refuse(node, "its input is not a feature map in float");
    }
    const keepDims = node.operator === "GlobalAveragePool" || intOf(node, "keepdims", 1) === 1;
    const channels = input.shape[3] as number;
    const output = this.#float(
      node.outputs[0] as string,
      keepDims ? [1, 1, 1, channels] : [1, channels],
    );
    this.#builder.add(
      { kind: "MEAN", keepDims },
      [input, this.#builder.axes(IMAGE_AXES)],
      [output],
    );
  }

  flatten(node: GraphNode): void {
    const input = this.#value(node.inputs[0] as string);
    const [, height = 0, width = 0, channels = 0] = input.shape;
    // Elsewhere the order of NHWC would differ from that of NCHW.
    if (height !== 1 || width !== 1) throw this.#refuse(node, "it flattens a feature map");
    const shape = [1, channels];
    const name = node.outputs[0] as string;
    const output =
      input.type === "float32" ? this.#float(name, shape) : this.#like(name, shape, input);
    this.#builder.add({ kind: "RESHAPE", shape }, [input, this.#builder.axes(shape)], [output]);
  }

  classify(node: GraphNode): void {
    const [x = "", w = "", b = ""] = node.inputs;
    const input = this.#value(x);
    const weight = this.#constants.get(w);
    const isHead = weight && (weight.type === "float" || weight.type === "float16");
    if (!isHead || intOf(node, "transB", 0) !== 1)
      throw this.#refuse(node, "it is not the classifier");
    const name = node.outputs[0] as string;
    const output = this.#float(name, [1, weight.shape[0] as number]);
    const weights = this.#builder.floats(`${name}.weight`, weight);
    const bias =
      b === "" ? [] : [this.#builder.floats(`${name}.bias`, this.#constant(node, b, "float"))];
    this.#builder.add({ kind: "FULLY_CONNECTED" }, [input, weights, ...bias], [output]);
  }

  #value(name: string): Value {
    const value = this.#values.get(name);
    if (value) return value;
    throw refuse(
      this.#graph.name,
      `the tensor ${name} is not computed by a node that can be converted`,
    );
  }

  #float(name: string, shape: readonly number[]): Value {
    return this.#keep(name, this.#builder.tensor(name, "float32", shape));
  }

  #integer(
    node: GraphNode,
    name: string,
    shape: readonly number[],
    [scale, zero]: readonly [string, string],
  ): Value {
    const scales = [...this.#constant(node, scale, "float").data];
    const zeroPoints = [...this.#constant(node, zero, "uint8").data].map((level) => level - 128);
    return this.#keep(
      name,
      this.#builder.tensor(name, "int8", shape, { scales, zeroPoints, axis: 0 }),
    );
  }

  /** A tensor with the levels of another. */
  #like(name: string, shape: readonly number[], { type, quantization }: Value): Value {
    return this.#keep(name, this.#builder.tensor(name, type, shape, quantization));
  }

  #keep(name: string, value: Value): Value {
    this.#values.set(name, value);
    return value;
  }

  #constant<Type extends Constant["type"]>(node: GraphNode, name: string, type: Type) {
    const constant = this.#constants.get(name);
    if (constant?.type === type) return constant as Constant & { readonly type: Type };
    throw this.#refuse(node, `its input ${name} is not a constant of ${type}`);
  }

  #onlyConsumer(node: GraphNode): GraphNode | undefined {
    const [name = ""] = node.outputs;
    if (this.#graph.outputs.some((output) => output.name === name)) return undefined;
    const [only, ...others] = this.#consumers.get(name) ?? [];
    return others.length === 0 ? only : undefined;
  }

  /** The new shape of a Reshape. */
  #shapeOf({ inputs }: GraphNode): number[] {
    const shape = this.#constants.get(inputs[1] ?? "");
    return shape ? [...shape.data].map(Number) : [];
  }

  #sameShape(node: GraphNode, values: readonly Value[]): readonly number[] {
    const [first, ...others] = values.map(({ shape }) => shape.join());
    if (others.some((shape) => shape !== first)) throw this.#refuse(node, "it broadcasts");
    return values[0]?.shape ?? [];
  }

  #refuse({ operator, outputs }: GraphNode, reason: string): GraphError {
    return refuse(this.#graph.name, `${operator} (${outputs[0]}): ${reason}`);
  }
}

/** One scale for each channel, even if the constant has only one for all. */
function spread(scales: Float32Array, count: number): number[] {
  return Array.from({ length: count }, (_, i) => scales[scales.length === 1 ? 0 : i] as number);
}

/** From [O, I, h, w] to [O, h, w, I], or, depthwise, from [O, 1, h, w] to [1, h, w, O]. */
function transposeWeights(
  data: Int8Array,
  [outputs = 0, inputs = 0, height = 0, width = 0]: readonly number[],
  isDepthwise: boolean,
): Int8Array {
  const transposed = new Int8Array(data.length);
  const area = height * width;
  let from = 0;
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let at = 0; at < area; at++) {
        const to = isDepthwise ? at * outputs + o : (o * area + at) * inputs + i;
        transposed[to] = data[from++] as number;
      }
    }
  }
  return transposed;
}

function refuse(name: string, why: string): GraphError {
  return new GraphError("GRAPH_UNSUPPORTED", {
    what: `${name} cannot be converted to TensorFlow Lite.`,
    why: `${why}.`,
    fix: "Use the network with ONNX Runtime.",
  });
}
