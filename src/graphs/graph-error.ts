import { ExplainedError } from "../errors.ts";

/** Why a graph or a file of weights cannot be used. */
export type GraphErrorCode =
  /** The file is damaged or has another format. */
  | "GRAPH_UNREADABLE"
  | "WEIGHTS_UNREADABLE"
  /** It has something that cannot be represented or converted. */
  | "GRAPH_UNSUPPORTED"
  | "WEIGHTS_UNSUPPORTED"
  /** Its input has another size than the caller says. */
  | "GRAPH_INPUT_MISMATCH"
  /** Its output is not one number for each class. */
  | "GRAPH_NOT_CLASSIFIER"
  /** The runtime refuses to load it. */
  | "GRAPH_REFUSED"
  /** Its values are not finite numbers. */
  | "GRAPH_NOT_FINITE"
  /** A rewrite would have changed what it computes. */
  | "GRAPH_CHANGED";

/** A graph or a file of weights cannot be used. */
export class GraphError extends ExplainedError<GraphErrorCode> {}
