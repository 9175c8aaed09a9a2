/**
 * Converts an int8 graph of the quantiser to TensorFlow Lite with the same weights and scales, so that nothing is
 * calibrated again. Tensors of 8 bits become signed: their zero points are 128 less.
 */
import { type Graph, type GraphNode, prune } from "../graph.ts";
import { GraphError } from "../graph-error.ts";
import { Conversion } from "./conversion.ts";
import * as activations from "./convert-activations.ts";
import * as layers from "./convert-layers.ts";
import * as levels from "./convert-levels.ts";
import * as moves from "./convert-moves.ts";
import * as pools from "./convert-pools.ts";
import * as sizes from "./convert-sizes.ts";
import * as sums from "./convert-sums.ts";
import { joinLevels } from "./join-levels.ts";
import type { TfliteGraph } from "./tflite-graph.ts";

type Convert = (conversion: Conversion, node: GraphNode) => void;

/** Adding an operator means adding a row. */
const CONVERTERS: Readonly<Record<string, Convert>> = {
  Cast: levels.castConstant,
  QuantizeLinear: levels.quantize,
  DequantizeLinear: levels.dequantize,
  QLinearConv: layers.convolve,
  QGemm: layers.multiplyIntegers,
  Gemm: layers.multiplyFloats,
  Conv: layers.refuseFloats,
  QLinearAdd: sums.addIntegers,
  QLinearConcat: sums.concatenateIntegers,
  Concat: sums.concatenateFloats,
  Add: sums.combineFloats,
  Sub: sums.combineFloats,
  Mul: sums.combineFloats,
  Div: sums.combineFloats,
  Relu: activations.activate,
  Sigmoid: activations.activate,
  Tanh: activations.activate,
  HardSwish: activations.activate,
  HardSigmoid: activations.hardSigmoid,
  Clip: activations.clip,
  BatchNormalization: activations.normalise,
  MaxPool: pools.maxPool,
  AveragePool: pools.averageFloats,
  QLinearAveragePool: pools.averageIntegers,
  GlobalAveragePool: pools.averageAllFloats,
  QLinearGlobalAveragePool: pools.averageAllIntegers,
  ReduceMean: pools.averageAxes,
  Pad: sizes.pad,
  Resize: sizes.resize,
  Split: moves.split,
  Slice: moves.slice,
  Reshape: moves.reshape,
  Transpose: moves.transpose,
  Flatten: moves.flatten,
  Squeeze: moves.squeeze,
  Unsqueeze: moves.unsqueeze,
  Identity: moves.pass,
};

/**
 * @param graph - of opset 13 to 17, with images of a fixed size
 * @returns a graph with the outputs of `graph`; images are NHWC
 * @throws GraphError GRAPH_UNSUPPORTED naming the first operator that has no counterpart
 */
export function convertGraph(graph: Graph): TfliteGraph {
  const { name, input, nodes, outputs } = prune(joinLevels(graph));
  const conversion = new Conversion({ ...graph, nodes });
  const { builder } = conversion;
  const [batch = 1, channels = 0, height = 0, width = 0] = input.shape;
  const first = conversion.float(input.name, "image", [batch, height, width, channels]);
  for (const node of nodes) {
    if (conversion.isTakenIn(node)) continue;
    const convert = Object.hasOwn(CONVERTERS, node.operator) && CONVERTERS[node.operator];
    if (!convert) throw conversion.refuse(node, "it has no counterpart");
    convert(conversion, node);
  }
  const values = outputs.map((output) => conversion.output(output.name));
  return builder.build(name, [first], values);
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
