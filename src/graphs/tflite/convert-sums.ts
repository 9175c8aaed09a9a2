/** Operators on several tensors in TensorFlow Lite: sums, products, and what joins tensors. */
import { type GraphNode, intOf } from "../graph.ts";
import type { Conversion } from "./conversion.ts";
import { quantizeTo } from "./convert-levels.ts";
import { type Layout, toAxis } from "./layouts.ts";
import { isSameSum } from "./match-sums.ts";
import { roundSum } from "./round-levels.ts";
import type { Value } from "./tflite-builder.ts";

const KINDS = { Add: "ADD", Sub: "SUB", Mul: "MUL", Div: "DIV" } as const;

export function combineFloats(c: Conversion, node: GraphNode): void {
  const { values, layout, shape } = alignOperands(c, node, node.inputs);
  const kind = KINDS[node.operator as keyof typeof KINDS];
  const relu = c.onlyConsumer(node);
  const isFollowed = relu?.operator === "Relu";
  if (isFollowed) c.takeIn(relu);
  const output = c.float((isFollowed ? relu : node).outputs[0] as string, layout, shape);
  c.builder.add({ kind, activation: isFollowed ? "RELU" : "NONE" }, values, [output]);
}

/**
 * Adds in float, as ONNX Runtime does: XNNPACK's sums of integers have multipliers of 20 bits, so that some of
 * them are rounded to another level.
 */
export function addIntegers(c: Conversion, node: GraphNode): void {
  const [a = "", , , b = "", , , ys = "", yz = ""] = node.inputs;
  const { values, layout, shape } = alignOperands(c, node, [a, b]);
  const [name = ""] = node.outputs;
  const sum = c.builder.tensor(`${name}.sum`, "float32", shape);
  const floats = values.map((value) => c.dequantised(value));
  c.builder.add({ kind: "ADD", activation: "NONE" }, floats, [sum]);
  const levels = c.levels(node, [ys, yz]);
  const [one, other] = values.map(({ quantization }) => quantization);
  const isSame = one && other && isSameSum(one, other, levels);
  quantizeTo(c, node, isSame ? sum : roundSum(c.builder, sum, levels), layout, [ys, yz]);
}

export function concatenateIntegers(c: Conversion, node: GraphNode): void {
  const [ys = "", yz = "", ...rest] = node.inputs;
  const names = rest.filter((_, i) => i % 3 === 0);
  const { inputs, layout, axis, shape } = alignParts(c, node, names);
  const output = c.integer(node, node.outputs[0] as string, layout, shape, [ys, yz]);
  // All inputs of a CONCATENATION must have the levels of its output.
  const alike = inputs.map((input) => requantize(c, input, output));
  c.builder.add({ kind: "CONCATENATION", axis }, alike, [output]);
}

export function concatenateFloats(c: Conversion, node: GraphNode): void {
  const { inputs, layout, axis, shape } = alignParts(c, node, node.inputs);
  const output = c.float(node.outputs[0] as string, layout, shape);
  c.builder.add({ kind: "CONCATENATION", axis }, inputs, [output]);
}

function alignParts(c: Conversion, node: GraphNode, names: readonly string[]) {
  const rank = rankOf(c, node, names);
  const isImage = names.some((name) => !c.findConstant(name) && c.placed(name).layout === "image");
  const layout: Layout = isImage ? "image" : "plain";
  const inputs = names.map((name) => c.operand(node, name, layout, rank));
  const axis = toAxis(intOf(node, "axis", 1), rank, layout);
  const length = inputs.reduce((sum, { shape }) => sum + (shape[axis] as number), 0);
  const shape = (inputs[0] as Value).shape.with(axis, length);
  return { inputs, layout, axis, shape };
}

/** Gives a tensor the levels of another, by way of float: XNNPACK's direct way has multipliers of 8 bits. */
function requantize(c: Conversion, input: Value, like: Value): Value {
  const [a, b] = [input.quantization, like.quantization];
  if (a?.scales[0] === b?.scales[0] && a?.zeroPoints[0] === b?.zeroPoints[0]) return input;
  const name = `${input.name}.as.${like.name}`;
  const output = c.builder.tensor(name, "int8", input.shape, like.quantization);
  c.builder.add({ kind: "QUANTIZE" }, [c.dequantised(input)], [output]);
  return output;
}

/** Brings the operands of a broadcasting operator to one layout and one rank. */
function alignOperands(c: Conversion, node: GraphNode, names: readonly string[]) {
  const rank = rankOf(c, node, names);
  const isImage = names.some((name) => !c.findConstant(name) && c.placed(name).layout === "image");
  const layout: Layout = isImage ? "image" : "plain";
  const values = names.map((name) => c.operand(node, name, layout, rank));
  const shape = Array.from({ length: rank }, (_, axis) =>
    Math.max(...values.map((value) => value.shape[axis] as number)),
  );
  return { values, layout, shape };
}

function rankOf(c: Conversion, node: GraphNode, names: readonly string[]): number {
  const rank = Math.max(
    ...names.map((name) => (c.findConstant(name) ?? c.placed(name).value).shape.length),
  );
  if (rank > 4) throw c.refuse(node, `its inputs have ${rank} axes`);
  return rank;
}
