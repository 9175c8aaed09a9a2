/** Writes the quantised network of a plan, in one of the formats that ONNX Runtime supports. */
import type { Graph } from "../../graphs/graph.ts";
import type { QuantizationPlan } from "../plan.ts";
import type { QuantizationNumbers } from "./emitter.ts";
import { QdqEmitter } from "./qdq-emitter.ts";
import { QOperatorEmitter } from "./qoperator-emitter.ts";

export const FORMATS = ["qdq", "qoperator"] as const;

export type Format = (typeof FORMATS)[number];

const EMITTERS = {
  qdq: QdqEmitter,
  qoperator: QOperatorEmitter,
} as const satisfies Record<Format, unknown>;

/** Makes the quantised network, with the outputs of `graph`. */
export function emitGraph(
  graph: Graph,
  plan: QuantizationPlan,
  numbers: QuantizationNumbers,
  format: Format,
): Graph {
  return new EMITTERS[format](graph, plan, numbers).emit();
}
