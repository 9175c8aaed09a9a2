/** Layers with weights in TensorFlow Lite. */
import { type Constant, floatOf, type GraphNode, intOf } from "../graph.ts";
import type { Conversion } from "./conversion.ts";
import type { Value } from "./tflite-builder.ts";
import { readWindow } from "./windows.ts";

/** int8 weights with a scale for each output channel. */
type Weights = {
  readonly data: Int8Array;
  readonly shape: readonly number[];
  readonly scales: readonly number[];
  readonly bias: Int32Array;
  readonly biasScales: readonly number[];
};

export function convolve(c: Conversion, node: GraphNode): void {
  const [x = "", xs = "", , w = "", ws = "", wz = "", ys = "", yz = "", b = ""] = node.inputs;
  const input = c.image(node, x);
  const weights = readWeights(c, node, [w, ws, wz], b, xs);
  const [outputs = 0, perGroup = 0, kernelHeight = 0, kernelWidth = 0] = weights.shape;
  if (weights.shape.length !== 4) throw c.refuse(node, "it does not convolve images");
  const groups = intOf(node, "group", 1);
  const channels = input.shape[3] as number;
  const isDepthwise = groups > 1 && groups === channels && perGroup === 1;
  const kernel = { height: kernelHeight, width: kernelWidth };
  const { padding, pads, stride, dilation, output: side } = readWindow(node, input.shape, kernel);
  const padded = c.builder.pad(input, pads);
  const [name = ""] = node.outputs;
  const shape = isDepthwise
    ? [1, kernelHeight, kernelWidth, outputs]
    : [outputs, kernelHeight, kernelWidth, perGroup];
  const data = transposeWeights(weights.data, weights.shape, isDepthwise);
  const constants = addWeights(c, name, { ...weights, data, shape }, isDepthwise ? 3 : 0);
  const output = c.integer(node, name, "image", [1, side.height, side.width, outputs], [ys, yz]);
  c.builder.add(
    isDepthwise
      ? { kind: "DEPTHWISE_CONV_2D", padding, stride, dilation, multiplier: outputs / channels }
      : { kind: "CONV_2D", padding, stride, dilation },
    [padded, ...constants],
    [output],
  );
}

/** LiteRT is for int8 networks. */
export function refuseFloats(c: Conversion, node: GraphNode): void {
  throw c.refuse(node, "its weights are not in int8. Quantise the network with model quantize");
}

/** A linear layer in integers. */
export function multiplyIntegers(c: Conversion, node: GraphNode): void {
  const [x = "", xs = "", , w = "", ws = "", wz = "", b = "", ys = "", yz = ""] = node.inputs;
  requirePlain(c, node);
  const weights = readWeights(c, node, [w, ws, wz], b, xs);
  const [name = ""] = node.outputs;
  const constants = addWeights(c, name, weights, 0);
  const input = c.plain(x);
  const shape = [input.shape[0] as number, weights.shape[0] as number];
  const output = c.integer(node, name, "plain", shape, [ys, yz]);
  c.builder.add({ kind: "FULLY_CONNECTED" }, [input, ...constants], [output]);
}

/** A linear layer in float, such as the classifier. */
export function multiplyFloats(c: Conversion, node: GraphNode): void {
  const [x = "", w = "", b = ""] = node.inputs;
  const weight = c.findConstant(w);
  const isKnown = weight && (weight.type === "float" || weight.type === "float16");
  if (!isKnown) throw c.refuse(node, "its weights are not constants of float");
  requirePlain(c, node);
  const [name = ""] = node.outputs;
  const input = c.plain(x);
  const output = c.float(name, "plain", [input.shape[0] as number, weight.shape[0] as number]);
  const weights = c.builder.floats(`${name}.weight`, weight);
  const bias = b === "" ? [] : [c.builder.floats(`${name}.bias`, c.constant(node, b, "float"))];
  c.builder.add({ kind: "FULLY_CONNECTED" }, [input, weights, ...bias], [output]);
}

function requirePlain(c: Conversion, node: GraphNode): void {
  const isPlain =
    intOf(node, "transA", 0) === 0 &&
    intOf(node, "transB", 0) === 1 &&
    floatOf(node, "alpha", 1) === 1 &&
    floatOf(node, "beta", 1) === 1;
  if (!isPlain) throw c.refuse(node, "it does not have the form x · Wᵀ + b");
}

function readWeights(
  c: Conversion,
  node: GraphNode,
  [w, ws, wz]: readonly [string, string, string],
  b: string,
  xs: string,
): Weights {
  const { data, shape } = c.constant(node, w, "int8");
  const zeros = c.constant(node, wz, "int8");
  if (zeros.data.some((zero) => zero !== 0)) throw c.refuse(node, "its weights are not symmetric");
  const [count = 0] = shape;
  const scales = spread(c.constant(node, ws, "float"), count);
  const inputScale = c.constant(node, xs, "float").data[0] as number;
  return {
    data,
    shape,
    scales,
    bias: b === "" ? new Int32Array(count) : c.constant(node, b, "int32").data,
    biasScales: scales.map((scale) => Math.fround(scale * inputScale)),
  };
}

function addWeights(
  c: Conversion,
  name: string,
  { data, shape, scales, bias, biasScales }: Weights,
  axis: number,
): readonly [weights: Value, bias: Value] {
  const zeroPoints = scales.map(() => 0);
  return [
    c.builder.constant(`${name}.weight`, "int8", shape, data, { scales, zeroPoints, axis }),
    c.builder.constant(`${name}.bias`, "int32", [bias.length], bias, {
      scales: biasScales,
      zeroPoints,
      axis: 0,
    }),
  ];
}

/** One scale for each channel, even if the constant has only one for all. */
function spread({ data }: Constant & { readonly type: "float" }, count: number): number[] {
  return Array.from({ length: count }, (_, i) => data[data.length === 1 ? 0 : i] as number);
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
