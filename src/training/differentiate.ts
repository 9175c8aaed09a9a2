/** Reverse-mode differentiation of graphs. */
import type { GraphNode } from "../graphs/graph.ts";
import type { Operator } from "./operators/operator.ts";
import { OPERATORS } from "./operators/operator-table.ts";
import { refuse } from "./operators/refuse.ts";
import type { StepBuilder } from "./step-builder.ts";

/**
 * Adds the nodes of a network to a step. Its input and constants must have been added before.
 *
 * @throws TrainingError OPERATOR_NOT_DIFFERENTIABLE if an operator is not in the table
 */
export function addForward(step: StepBuilder, nodes: readonly GraphNode[]): void {
  for (const node of nodes) {
    const { forward, shapes } = findOperator(node);
    if (forward) forward(step, node);
    else step.copy(node, shapes(step, node));
  }
}

/**
 * Walks backwards through nodes that {@link addForward} has added, and adds those that compute gradients. Nothing is
 * added for a node that no trained parameter precedes.
 *
 * @param seeds - the gradient of the loss with respect to the tensors that it is computed from, by their names
 * @param parameters - the names of the tensors whose gradients are wanted
 * @returns the name of each parameter's gradient, which has the shape of the parameter; a parameter that the loss does
 *   not depend on has none
 * @throws TrainingError OPERATOR_NOT_DIFFERENTIABLE
 */
export function differentiate(
  step: StepBuilder,
  nodes: readonly GraphNode[],
  seeds: ReadonlyMap<string, string>,
  parameters: Iterable<string>,
): ReadonlyMap<string, string> {
  const wanted = [...parameters];
  const active = findActive(nodes, wanted);
  const gradients = new Map([...seeds].map(([tensor, gradient]) => [tensor, [gradient]]));
  const gradientOf = (tensor: string): string | undefined => {
    const [first, ...others] = gradients.get(tensor) ?? [];
    if (first === undefined) return undefined;
    const sum = others.reduce((total, part) => step.combine("Add", total, part), first);
    gradients.set(tensor, [sum]);
    return sum;
  };
  for (const node of nodes.toReversed()) {
    const { inputs, outputs } = node;
    if (!outputs.some((output) => active.has(output))) continue;
    const received = outputs.map(gradientOf);
    const gradient = received.find((name) => name !== undefined);
    if (gradient === undefined) continue;
    const needs = (input: number) => active.has(inputs[input] ?? "");
    const call = { step, node, gradients: received, gradient, needs };
    findOperator(node)
      .backward(call)
      .forEach((part, i) => {
        const input = inputs[i];
        if (part === undefined || input === undefined || !active.has(input)) return;
        gradients.set(input, [...(gradients.get(input) ?? []), part]);
      });
  }
  const found = wanted.map((name) => [name, gradientOf(name)] as const);
  return new Map(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The parameters, and all tensors that are computed from one. */
function findActive(nodes: readonly GraphNode[], parameters: readonly string[]): Set<string> {
  const active = new Set(parameters);
  for (const { inputs, outputs } of nodes) {
    if (!inputs.some((input) => active.has(input))) continue;
    for (const output of outputs) active.add(output);
  }
  return active;
}

function findOperator(node: GraphNode): Operator {
  const operator = node.domain === "" ? OPERATORS[node.operator] : undefined;
  if (operator) return operator;
  throw refuse(node, "the table of operators does not have it");
}
