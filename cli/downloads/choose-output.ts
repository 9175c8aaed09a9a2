/** Chooses the output of a network that has one number for each class. */
import { findProducers, type Graph } from "../../src/graphs/graph.ts";
import { withGraph } from "../../src/graphs/run-graph.ts";
import type { Runtime } from "../../src/inference/runtime.ts";
import { CliError } from "../cli-error.ts";

/**
 * @param options.output - the name that --output gives, of an output or of any other tensor
 * @throws CliError OPTION_INVALID if there is no such tensor, or if several outputs fit and none was given
 */
export async function chooseOutput(
  runtime: Runtime,
  graph: Graph,
  options: { readonly output: string | undefined; readonly classes: number },
): Promise<string> {
  const names = graph.outputs.map(({ name }) => name);
  if (options.output !== undefined) return requireTensor(graph, options.output);
  const [first = ""] = names;
  if (names.length === 1) return first;
  if (names.includes("logits")) return "logits";
  const shapes = await readShapes(runtime, graph, names);
  const isVector = (name: string, classes: number) => {
    const shape = shapes.get(name) ?? [];
    return (
      shape.includes(classes) && shape.reduce((product, side) => product * side, 1) === classes
    );
  };
  const fitting = names.filter((name) => isVector(name, options.classes));
  const [only = first, ...others] = withoutSoftmaxOf(graph, fitting);
  if (fitting.length > 0 && others.length === 0) return only;
  throw new CliError("OPTION_INVALID", {
    what: `${graph.name} has ${names.length} outputs.`,
    why:
      fitting.length === 0
        ? `None has one number for each of ${options.classes} classes: ${list(names, shapes)}.`
        : `Several have one number for each of ${options.classes} classes: ${list(fitting, shapes)}.`,
    fix:
      fitting.length === 0
        ? "Give its classes with --labels FILE, or the name of the output with --output NAME."
        : `Name the one with the classes, such as --output ${fitting.at(-1)}.`,
  });
}

function requireTensor(graph: Graph, output: string): string {
  const outputs = graph.outputs.map(({ name }) => name);
  if (outputs.includes(output) || findProducers(graph).has(output)) return output;
  throw new CliError("OPTION_INVALID", {
    what: "--output is not valid.",
    why: `${graph.name} has no output ${output}, but ${outputs.join(", ")}.`,
    fix: `Give one of these, such as --output ${outputs[0]}.`,
  });
}

async function readShapes(runtime: Runtime, graph: Graph, names: readonly string[]) {
  const size = graph.input.shape.reduce((product, side) => product * side, 1);
  const values = await withGraph(runtime, graph, names, (run) => run(new Float32Array(size)));
  return new Map([...values].map(([name, { shape }]) => [name, shape]));
}

/** A network may give both its logits and their softmax, which are the same to us. */
function withoutSoftmaxOf(graph: Graph, names: readonly string[]): string[] {
  const producers = findProducers(graph);
  return names.filter((name) => {
    const node = producers.get(name);
    return !(node?.operator.endsWith("Softmax") && names.includes(node.inputs[0] ?? ""));
  });
}

function list(names: readonly string[], shapes: ReadonlyMap<string, readonly number[]>): string {
  return names.map((name) => `${name} [${shapes.get(name)?.join(", ")}]`).join(", ");
}
