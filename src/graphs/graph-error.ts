import { ExplainedError } from "../errors.ts";

/** Why a graph or a file of weights cannot be used. */
export type GraphErrorCode =
  /** The file is damaged or has another format. */
  | "GRAPH_UNREADABLE"
  | "WEIGHTS_UNREADABLE"
  /** It has a part that cannot be represented or converted. */
  | "GRAPH_UNSUPPORTED"
  | "WEIGHTS_UNSUPPORTED"
  /** Its input does not have the size that the caller gave. */
  | "GRAPH_INPUT_MISMATCH"
  /** Its output is not one number per class. */
  | "GRAPH_NOT_CLASSIFIER"
  /** The runtime cannot load it. */
  | "GRAPH_REFUSED"
  /** It computes values that are not finite numbers. */
  | "GRAPH_NOT_FINITE"
  /** Preparing it would have changed what it computes. */
  | "GRAPH_CHANGED";

/** A graph or a file of weights cannot be used. */
export class GraphError extends ExplainedError<GraphErrorCode> {}
