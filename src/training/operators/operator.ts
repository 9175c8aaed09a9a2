/** What differentiation has to know about an operator. */
import type { GraphNode } from "../../graphs/graph.ts";
import type { Shape, StepBuilder } from "../step-builder.ts";

/** A node whose inputs get gradients. */
export type BackwardCall = {
  readonly step: StepBuilder;
  readonly node: GraphNode;
  /** The name of the gradient of each output; undefined if the loss does not depend on the output. */
  readonly gradients: readonly (string | undefined)[];
  /** The gradient of the first output. */
  readonly gradient: string;
  /** Whether the gradient of an input is needed: the input is trained, or computed from what is. */
  readonly needs: (input: number) => boolean;
};

/** A row of the table of operators. */
export type Operator = {
  /** Computes the shapes of the outputs. The inputs' shapes are known to `step`. */
  readonly shapes: (step: StepBuilder, node: GraphNode) => readonly Shape[];
  /**
   * Adds nodes that compute the gradients of those inputs that need one.
   *
   * @returns the names of the gradients, by input; each has the shape of its input
   */
  readonly backward: (call: BackwardCall) => readonly (string | undefined)[];
  /**
   * Adds the operator itself; if undefined, the node is copied. An operator replaces itself here with others, or gives
   * itself further outputs that `backward` uses.
   */
  readonly forward?: (step: StepBuilder, node: GraphNode) => void;
};
