import { type Graph, intOf } from "./graph.ts";
import { GraphError } from "./graph-error.ts";

/** @throws GraphError GRAPH_UNSUPPORTED if a network was exported while it was being trained */
export function requireInferenceMode({ name, nodes, constants }: Graph): void {
  const training = nodes.find((node) => {
    if (node.operator === "BatchNormalization") return intOf(node, "training_mode", 0) === 1;
    if (node.operator !== "Dropout") return false;
    return constants.get(node.inputs[2] ?? "")?.data[0] === 1;
  });
  if (!training) return;
  throw new GraphError("GRAPH_UNSUPPORTED", {
    what: `${name} is a network in training mode.`,
    why: `Its ${training.operator} works as in training, so the answers would depend on chance or on statistics of one photo.`,
    fix: "Call model.eval() before the export, and export it without training=TrainingMode.TRAINING.",
  });
}
