import { type Graph, makeNode } from "../graphs/graph.ts";
import { HEAD_WEIGHT } from "./tensor-names.ts";

/** The number of float32 in ONNX. */
const TO_FLOAT = { to: { int: 1 } };

/**
 * Stores the weights of the final linear classifier as float16, which halves their size. The runtime converts
 * them back to float32 when it loads the network. The rounding error of 1 in 2048 is far below that of the
 * features.
 */
export function halveHead(graph: Graph): Graph {
  const weight = graph.constants.get(HEAD_WEIGHT);
  if (weight?.type !== "float") return graph;
  const name = `${HEAD_WEIGHT}.f16`;
  const constants = new Map(graph.constants);
  constants.delete(HEAD_WEIGHT);
  constants.set(name, {
    type: "float16",
    shape: weight.shape,
    data: Float16Array.from(weight.data),
  });
  const cast = makeNode("Cast", [name], HEAD_WEIGHT, TO_FLOAT);
  return { ...graph, nodes: [cast, ...graph.nodes], constants };
}
