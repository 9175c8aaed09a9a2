/**
 * Converts an int8 graph of the quantiser (QOperator) to TensorFlow Lite with the same weights and scales, so
 * that nothing is calibrated again. Tensors of 8 bits become signed: their zero points are 128 less.
 */
import type { Graph, GraphNode } from "../graph.ts";
import { GraphError } from "../graph-error.ts";
import { Conversion } from "./conversion.ts";
import * as layers from "./convert-layers.ts";
import * as moves from "./convert-moves.ts";
import type { TfliteGraph } from "./tflite-graph.ts";

type Convert = (conversion: Conversion, node: GraphNode) => void;

/** Adding an operator means adding a row. */
const CONVERTERS: Readonly<Record<string, Convert>> = {
  Cast: layers.castConstant,
  QuantizeLinear: layers.quantize,
  DequantizeLinear: layers.dequantize,
  QLinearConv: layers.convolve,
  QLinearAdd: layers.addIntegers,
  QLinearConcat: layers.concatenate,
  QLinearGlobalAveragePool: layers.averageIntegers,
  MaxPool: layers.maxPool,
  Split: moves.split,
  Reshape: moves.shuffle,
  Add: layers.addFloats,
  GlobalAveragePool: layers.averageFloats,
  ReduceMean: layers.averageFloats,
  Flatten: moves.flatten,
  Gemm: layers.classify,
};

/**
 * @param graph - of opset 13 to 17, with images of a fixed size
 * @returns a graph with the outputs of `graph`; feature maps are NHWC
 * @throws GraphError GRAPH_UNSUPPORTED naming the first operator that has no counterpart
 */
export function convertGraph(graph: Graph): TfliteGraph {
  const { name, input, nodes, outputs } = graph;
  const conversion = new Conversion(graph);
  const [batch = 1, channels = 0, height = 0, width = 0] = input.shape;
  const first = conversion.float(input.name, [batch, height, width, channels]);
  for (const node of nodes) {
    if (conversion.isTakenIn(node)) continue;
    const convert = CONVERTERS[node.operator];
    if (!convert) throw conversion.refuse(node, "it has no counterpart");
    convert(conversion, node);
  }
  const values = outputs.map((output) => conversion.value(output.name));
  return conversion.builder.build(name, [first], values);
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
