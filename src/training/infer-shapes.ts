/** The shapes of all tensors of a network, from that of its input. */
import type { Graph } from "../graphs/graph.ts";
import { addForward } from "./differentiate.ts";
import { type Shape, StepBuilder } from "./step-builder.ts";

/**
 * @returns the shapes of the input, of the constants, and of the outputs of all nodes, by name
 * @throws TrainingError OPERATOR_NOT_DIFFERENTIABLE if an operator is not known
 */
export function inferShapes({ input, constants, nodes }: Graph): ReadonlyMap<string, Shape> {
  const step = new StepBuilder();
  step.input(input.name, input.shape);
  for (const [name, value] of constants) step.constant(name, value);
  addForward(step, nodes);
  const names = [input.name, ...constants.keys(), ...nodes.flatMap(({ outputs }) => outputs)];
  return new Map(names.filter((name) => step.has(name)).map((name) => [name, step.shapeOf(name)]));
}
