/** Cuts a network in two: the part that training leaves as it is, and the part that is trained. */
import { type Graph, type GraphNode, prune } from "../graphs/graph.ts";
import { inferShapes } from "./infer-shapes.ts";

export type FrozenSplit = {
  /** For one image; its only output is the input of the trained part. */
  readonly frozen: Graph;
  /** For what the frozen part gives for one image. */
  readonly trained: Graph;
};

/**
 * Cuts where the first trained parameter is. What the frozen part gives for an image stays the same while the
 * parameters change.
 *
 * @param logits - the name of the tensor with one number for each class
 * @param parameters - the names of the trained parameters
 * @returns undefined if nothing is frozen, or if the trained part takes several tensors of the frozen one
 * @throws TrainingError OPERATOR_NOT_DIFFERENTIABLE if an operator is not known
 */
export function splitFrozen(
  graph: Graph,
  logits: string,
  parameters: Iterable<string>,
): FrozenSplit | undefined {
  const needed = prune({ ...graph, outputs: [{ name: logits }] });
  const fromImage = findDependent(needed.nodes, [graph.input.name]);
  const fromParameters = findDependent(needed.nodes, parameters);
  const isTrained = ({ outputs }: GraphNode) => outputs.some((name) => fromParameters.has(name));
  const taken = new Set(
    needed.nodes
      .filter(isTrained)
      .flatMap(({ inputs }) => inputs)
      .filter((name) => fromImage.has(name) && !fromParameters.has(name)),
  );
  const [between] = taken;
  if (between === undefined || taken.size > 1 || between === graph.input.name) return undefined;
  const shape = inferShapes(needed).get(between);
  if (!shape) return undefined;
  const nodes = needed.nodes.filter(({ outputs }) => !outputs.includes(between));
  return {
    frozen: prune({ ...needed, outputs: [{ name: between }] }),
    trained: prune({ ...needed, input: { name: between, shape }, nodes }),
  };
}

/** Some tensors, and all that are computed from one. */
function findDependent(nodes: readonly GraphNode[], starts: Iterable<string>): Set<string> {
  const found = new Set(starts);
  for (const { inputs, outputs } of nodes) {
    if (!inputs.some((input) => found.has(input))) continue;
    for (const output of outputs) found.add(output);
  }
  return found;
}
