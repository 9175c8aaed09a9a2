import type { GraphNode } from "../../graphs/graph.ts";
import { TrainingError } from "../training-error.ts";

/** Makes the error for a node that cannot be differentiated. */
export function refuse({ operator, outputs }: GraphNode, reason: string): TrainingError {
  return new TrainingError("OPERATOR_NOT_DIFFERENTIABLE", {
    what: `The network cannot be trained through its ${operator} ${outputs[0] ?? ""}.`,
    why: `The gradient of this ${operator} is not known: ${reason}.`,
    fix: "Train only layers after it, or export the network without it.",
  });
}
