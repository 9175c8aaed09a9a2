/** Layers in TensorFlow Lite: what computes. */
import { type GraphNode, intOf, intsOf } from "../graph.ts";
import type { Conversion } from "./conversion.ts";
import { readWindow } from "./windows.ts";

/** The two axes of the image in NHWC. */
const IMAGE_AXES = [1, 2];

export function castConstant(c: Conversion, node: GraphNode): void {
  const constant = c.findConstant(node.inputs[0] as string);
  if (!constant) throw c.refuse(node, "its input is not a constant");
  c.keepConstant(node.outputs[0] as string, constant);
}

export function quantize(c: Conversion, node: GraphNode): void {
  const [input = "", scale = "", zero = ""] = node.inputs;
  const value = c.value(input);
  const output = c.integer(node, node.outputs[0] as string, value.shape, [scale, zero]);
  c.builder.add({ kind: "QUANTIZE" }, [value], [output]);
}

export function dequantize(c: Conversion, node: GraphNode): void {
  const value = c.value(node.inputs[0] as string);
  const output = c.float(node.outputs[0] as string, value.shape);
  c.builder.add({ kind: "DEQUANTIZE" }, [value], [output]);
}

export function convolve(c: Conversion, node: GraphNode): void {
  const [x = "", xs = "", , w = "", ws = "", wz = "", ys = "", yz = "", b = ""] = node.inputs;
  const input = c.value(x);
  const weight = c.constant(node, w, "int8");
  const zeros = c.constant(node, wz, "int8");
  if (zeros.data.some((zero) => zero !== 0)) throw c.refuse(node, "its weights are not symmetric");
  const [outputs = 0, perGroup = 0, kernelHeight = 0, kernelWidth = 0] = weight.shape;
  const groups = intOf(node, "group", 1);
  const channels = input.shape[3] as number;
  const isDepthwise = groups > 1 && groups === channels && perGroup === 1;
  if (groups > 1 && !isDepthwise) throw c.refuse(node, `it has ${groups} groups`);
  const kernel = { height: kernelHeight, width: kernelWidth };
  const window = readWindow(node, input.shape, kernel);
  const padded = c.builder.pad(input, window.pads);
  const scales = spread(c.constant(node, ws, "float").data, outputs);
  const inputScale = c.constant(node, xs, "float").data[0] as number;
  const name = node.outputs[0] as string;
  const kernels = c.builder.constant(
    `${name}.weight`,
    "int8",
    isDepthwise
      ? [1, kernelHeight, kernelWidth, outputs]
      : [outputs, kernelHeight, kernelWidth, perGroup],
    transposeWeights(weight.data, weight.shape, isDepthwise),
    { scales, zeroPoints: scales.map(() => 0), axis: isDepthwise ? 3 : 0 },
  );
  const bias = b === "" ? new Int32Array(outputs) : c.constant(node, b, "int32").data;
  const biases = c.builder.constant(`${name}.bias`, "int32", [outputs], bias, {
    scales: scales.map((scale) => Math.fround(scale * inputScale)),
    zeroPoints: scales.map(() => 0),
    axis: 0,
  });
  const shape = [1, window.output.height, window.output.width, outputs];
  const output = c.integer(node, name, shape, [ys, yz]);
  const { padding, stride, dilation } = window;
  c.builder.add(
    isDepthwise
      ? { kind: "DEPTHWISE_CONV_2D", padding, stride, dilation, multiplier: outputs / channels }
      : { kind: "CONV_2D", padding, stride, dilation },
    [padded, kernels, biases],
    [output],
  );
}

export function addIntegers(c: Conversion, node: GraphNode): void {
  const [a = "", , , b = "", , , ys = "", yz = ""] = node.inputs;
  const values = [c.value(a), c.value(b)];
  const shape = c.sameShape(node, values);
  const output = c.integer(node, node.outputs[0] as string, shape, [ys, yz]);
  c.builder.add({ kind: "ADD", activation: "NONE" }, values, [output]);
}

export function concatenate(c: Conversion, node: GraphNode): void {
  const [ys = "", yz = "", ...rest] = node.inputs;
  if (intOf(node, "axis", 1) !== 1) throw c.refuse(node, "it does not join channels");
  const inputs = rest.filter((_, i) => i % 3 === 0).map((name) => c.value(name));
  const channels = inputs.reduce((sum, { shape }) => sum + (shape[3] as number), 0);
  const [batch = 1, height = 0, width = 0] = inputs[0]?.shape ?? [];
  const output = c.integer(
    node,
    node.outputs[0] as string,
    [batch, height, width, channels],
    [ys, yz],
  );
  // All inputs of a CONCATENATION must have the levels of its output.
  const alike = inputs.map((input) => c.builder.requantize(input, output));
  c.builder.add({ kind: "CONCATENATION", axis: 3 }, alike, [output]);
}

export function averageIntegers(c: Conversion, node: GraphNode): void {
  const [x = "", , , ys = "", yz = ""] = node.inputs;
  const input = c.value(x);
  const shape = [1, 1, 1, input.shape[3] as number];
  const output = c.integer(node, node.outputs[0] as string, shape, [ys, yz]);
  c.builder.add({ kind: "MEAN", keepDims: true }, [input, c.builder.axes(IMAGE_AXES)], [output]);
}

export function maxPool(c: Conversion, node: GraphNode): void {
  const input = c.value(node.inputs[0] as string);
  const [height = 1, width = 1] = intsOf(node, "kernel_shape") ?? [];
  const window = readWindow(node, input.shape, { height, width });
  const isPadded = window.pads.some((count) => count > 0);
  // PAD fills with the level of 0, which is the smallest one only after a ReLU.
  if (isPadded && input.quantization?.zeroPoints[0] !== -128) {
    throw c.refuse(node, "it pads values that can be negative");
  }
  const padded = c.builder.pad(input, window.pads);
  const shape = [1, window.output.height, window.output.width, input.shape[3] as number];
  const output = c.like(node.outputs[0] as string, shape, input);
  const { padding, stride } = window;
  c.builder.add(
    { kind: "MAX_POOL_2D", padding, stride, filter: { height, width } },
    [padded],
    [output],
  );
}

export function addFloats(c: Conversion, node: GraphNode): void {
  const values = node.inputs.map((name) => c.value(name));
  const shape = c.sameShape(node, values);
  const relu = c.onlyConsumer(node);
  const isFollowed = relu?.operator === "Relu";
  if (isFollowed) c.takeIn(relu);
  const name = (isFollowed ? relu : node).outputs[0] as string;
  const output = c.float(name, shape);
  c.builder.add({ kind: "ADD", activation: isFollowed ? "RELU" : "NONE" }, values, [output]);
}

export function averageFloats(c: Conversion, node: GraphNode): void {
  const input = c.value(node.inputs[0] as string);
  if (input.shape.length !== 4 || input.type !== "float32") {
    throw c.refuse(node, "its input is not a feature map in float");
  }
  const keepDims = node.operator === "GlobalAveragePool" || intOf(node, "keepdims", 1) === 1;
  const channels = input.shape[3] as number;
  const output = c.float(node.outputs[0] as string, keepDims ? [1, 1, 1, channels] : [1, channels]);
  c.builder.add({ kind: "MEAN", keepDims }, [input, c.builder.axes(IMAGE_AXES)], [output]);
}

export function classify(c: Conversion, node: GraphNode): void {
  const [x = "", w = "", b = ""] = node.inputs;
  const input = c.value(x);
  const weight = c.findConstant(w);
  const isHead = weight && (weight.type === "float" || weight.type === "float16");
  if (!isHead || intOf(node, "transB", 0) !== 1) throw c.refuse(node, "it is not the classifier");
  const name = node.outputs[0] as string;
  const output = c.float(name, [1, weight.shape[0] as number]);
  const weights = c.builder.floats(`${name}.weight`, weight);
  const bias = b === "" ? [] : [c.builder.floats(`${name}.bias`, c.constant(node, b, "float"))];
  c.builder.add({ kind: "FULLY_CONNECTED" }, [input, weights, ...bias], [output]);
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
