/** Changes between integers and float in TensorFlow Lite. */
import type { GraphNode } from "../graph.ts";
import type { Conversion } from "./conversion.ts";
import type { Layout } from "./layouts.ts";
import { roundValue } from "./round-levels.ts";
import type { Value } from "./tflite-builder.ts";

export function castConstant(c: Conversion, node: GraphNode): void {
  const constant = c.findConstant(node.inputs[0]);
  if (!constant) throw c.refuse(node, "its input is not a constant");
  c.keepConstant(node.outputs[0] as string, constant);
}

export function quantize(c: Conversion, node: GraphNode): void {
  const [input = "", scale = "", zero = ""] = node.inputs;
  const { value, layout } = c.placed(input);
  const rounded = roundValue(c.builder, value, c.levels(node, [scale, zero]));
  quantizeTo(c, node, rounded, layout, [scale, zero]);
}

export function dequantize(c: Conversion, node: GraphNode): void {
  const [input = "", scale = "", zero = ""] = node.inputs;
  const { value, layout } = c.placed(input);
  const { scales, zeroPoints } = c.levels(node, [scale, zero]);
  const own = value.quantization;
  if (own?.scales[0] !== scales[0] || own?.zeroPoints[0] !== zeroPoints[0]) {
    throw c.refuse(node, "its input has other levels");
  }
  c.keep(node.outputs[0] as string, { value: c.dequantised(value), layout });
}

/** Adds what makes the integers of the output of `node`. */
export function quantizeTo(
  c: Conversion,
  node: GraphNode,
  value: Value,
  layout: Layout,
  levels: readonly [scale: string, zero: string],
): void {
  const output = c.integer(node, node.outputs[0] as string, layout, value.shape, levels);
  c.builder.add({ kind: "QUANTIZE" }, [value], [output]);
}
