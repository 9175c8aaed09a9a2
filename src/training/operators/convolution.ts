/** Conv: dense, grouped and depthwise, with any stride, padding and dilation. */
import { type GraphNode, intOf } from "../../graphs/graph.ts";
import { type StepBuilder, sizeOf } from "../step-builder.ts";
import { multiply, turn } from "./linear.ts";
import type { BackwardCall, Operator } from "./operator.ts";
import { readWindow, takeTaps, transposedAttributes } from "./window.ts";

/** Exchanges images and channels. */
const CHANNELS_FIRST = [1, 0, 2, 3];

export const convolution: Operator = {
  shapes: (step, node) => {
    const { window, batch, out } = describe(step, node);
    return [[batch, out, ...window.output]];
  },
  backward: (call) => [
    call.needs(0) ? differentiateInput(call) : undefined,
    call.needs(1) ? differentiateWeight(call) : undefined,
    call.needs(2) ? call.step.sum(call.gradient, [0, 2, 3]) : undefined,
  ],
};

function describe(step: StepBuilder, node: GraphNode) {
  const [x = "", weight = ""] = node.inputs;
  const [batch = 0, into = 0] = step.shapeOf(x);
  const [out = 0, perGroup = 0, ...kernel] = step.shapeOf(weight);
  const window = readWindow(node, step.shapeOf(x), kernel);
  return { x, weight, batch, into, out, perGroup, groups: intOf(node, "group", 1), window };
}

/**
 * The gradient of the input. For stride 1, it is a convolution with the kernels turned by 180 degrees and the input
 * and output channels exchanged, which ONNX Runtime computes faster than a ConvTranspose. If the kernels have more
 * elements than the maps, the maps are turned instead, before and after the convolution.
 */
function differentiateInput({ step, node, gradient }: BackwardCall): string {
  const { x, weight, out, into, perGroup, groups, window } = describe(step, node);
  const { kernel, strides, dilations } = window;
  const before = kernel.map((side, i) => (side - 1) * dilations[i as 0] - window.begin[i as 0]);
  const after = kernel.map((side, i) => (side - 1) * dilations[i as 0] - window.end[i as 0]);
  const shape = step.shapeOf(x);
  if (strides.some((stride) => stride > 1) || [...before, ...after].some((pad) => pad < 0)) {
    return step.add("ConvTranspose", [gradient, weight], shape, {
      ...transposedAttributes(window),
      group: { int: groups },
    });
  }
  const maps = sizeOf(shape) + sizeOf(step.shapeOf(gradient));
  const isFlat = kernel.every((side) => side === 1);
  const rotatesMaps = !isFlat && maps < sizeOf(step.shapeOf(weight));
  const kernels = rotatesMaps ? weight : rotate(step, weight);
  const grouped = step.reshape(kernels, [groups, out / groups, perGroup, ...kernel]);
  const exchanged = step.transpose(grouped, [0, 2, 1, 3, 4]);
  const inputs = [
    rotatesMaps ? rotate(step, gradient) : gradient,
    step.reshape(exchanged, [into, out / groups, ...kernel]),
  ];
  const found = step.add("Conv", inputs, shape, {
    kernel_shape: { ints: kernel },
    dilations: { ints: dilations },
    pads: { ints: rotatesMaps ? [...after, ...before] : [...before, ...after] },
    group: { int: groups },
  });
  return rotatesMaps ? rotate(step, found) : found;
}

/** Turns kernels or maps by 180 degrees. */
function rotate(step: StepBuilder, tensor: string): string {
  const shape = step.shapeOf(tensor);
  if (shape.slice(2).every((side) => side === 1)) return tensor;
  const list = (value: number) => step.integers([value, value]);
  // An end before the first element, however long the side is.
  const inputs = [tensor, list(-1), list(-(2 ** 31)), step.integers([2, 3]), list(-1)];
  return step.add("Slice", inputs, shape);
}

function differentiateWeight(call: BackwardCall): string {
  const { perGroup, into, out } = describe(call.step, call.node);
  return perGroup === 1 && into === out ? convolveWithGradient(call) : multiplyMatrices(call);
}

/**
 * The gradient of the weights as one product of matrices for each group: [out, N·h·w] × [N·h·w, k·k·in]. The second
 * one has, for each element of the kernel, the part of the input that the element is multiplied with.
 */
function multiplyMatrices({ step, node, gradient }: BackwardCall): string {
  const { x, weight, batch, out, perGroup, groups, window } = describe(step, node);
  const [vertical, horizontal] = window.kernel;
  const positions = batch * window.output[0] * window.output[1];
  const perOut = out / groups;
  const received = step.reshape(step.transpose(gradient, CHANNELS_FIRST), [
    groups,
    perOut,
    positions,
  ]);
  const taps = takeTaps(step, step.transpose(x, CHANNELS_FIRST), window);
  const taken = step.concat(
    taps.map((tap) => step.reshape(tap, [groups, perGroup, positions])),
    1,
  );
  const product = multiply(step, received, turn(step, taken));
  const apart = step.reshape(product, [out, vertical * horizontal, perGroup]);
  return step.reshape(step.transpose(apart, [0, 2, 1]), step.shapeOf(weight));
}

/**
 * The gradient of depthwise weights: a convolution of each channel of each image with its gradient as the kernel.
 * Strides and dilations change places.
 */
function convolveWithGradient({ step, node, gradient }: BackwardCall): string {
  const { x, weight, batch, out, window } = describe(step, node);
  const { kernel, strides, dilations, begin, end, input, output } = window;
  const images = batch * out;
  // The output may have elements beyond the kernel, if the last window does not reach the end of the input.
  const sides = [0, 1].map((axis) => {
    const reach = ((output[axis] as number) - 1) * (strides[axis] as number) + 1;
    const rest = (input[axis] as number) + (begin[axis] as number) + (end[axis] as number) - reach;
    return Math.floor(rest / (dilations[axis] as number)) + 1;
  });
  const taken = [
    step.reshape(x, [1, images, ...input]),
    step.reshape(gradient, [images, 1, ...output]),
  ];
  const products = step.add("Conv", taken, [1, images, ...sides], {
    kernel_shape: { ints: output },
    strides: { ints: dilations },
    dilations: { ints: strides },
    pads: { ints: [...begin, ...end] },
    group: { int: images },
  });
  const needed = step.slice(
    products,
    kernel.map((count, axis) => ({ axis: axis + 2, start: 0, count })),
  );
  const perImage = step.reshape(needed, [batch, out, ...kernel]);
  return step.reshape(step.sum(perImage, [0]), step.shapeOf(weight));
}
