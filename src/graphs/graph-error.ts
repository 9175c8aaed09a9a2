import { ExplainedError } from "../errors.ts";

/** The error codes of graphs and files of weights, and what each means. */
export const GRAPH_ERRORS = {
  GRAPH_UNREADABLE: "An ONNX file is damaged or has another format.",
  WEIGHTS_UNREADABLE: "A file of weights is damaged or has another format.",
  GRAPH_UNSUPPORTED: "A graph has something that cannot be represented or converted.",
  WEIGHTS_UNSUPPORTED: "The weights are not those of a network that can be built.",
  GRAPH_INPUT_MISMATCH: "A graph's input does not take one colour image of the given size.",
  GRAPH_NOT_CLASSIFIER: "A graph's output is not one number for each class.",
  GRAPH_REFUSED: "ONNX Runtime cannot load a graph.",
  GRAPH_NOT_FINITE: "The values that a graph computes are not finite numbers.",
  GRAPH_QUANTISED: "A graph that should be float32 is quantised already.",
  GRAPH_NOT_QUANTISABLE: "A graph has no layer that can be quantised.",
  GRAPH_CHANGED: "A rewrite of a graph would have changed what it computes.",
} as const satisfies Readonly<Record<string, string>>;

/** Why a graph or a file of weights cannot be used. */
export type GraphErrorCode = keyof typeof GRAPH_ERRORS;

/** A graph or a file of weights cannot be used. */
export class GraphError extends ExplainedError<GraphErrorCode> {}
