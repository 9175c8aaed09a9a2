import type { Graph } from "./graph.ts";

const OPERATORS: ReadonlySet<string> = new Set([
  "QuantizeLinear",
  "DequantizeLinear",
  "DynamicQuantizeLinear",
  "ConvInteger",
  "MatMulInteger",
  "DynamicQuantizeMatMul",
  "MatMulIntegerToFloat",
  "MatMulNBits",
  "QGemm",
]);

/** Whether a network computes with integers already, in any of the forms that quantisers write. */
export function isQuantized({ nodes }: Pick<Graph, "nodes">): boolean {
  return nodes.some(({ operator }) => OPERATORS.has(operator) || operator.startsWith("QLinear"));
}
