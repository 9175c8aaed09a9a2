/**
 * Makes the logits the output of a classifier. The Worker applies a softmax to the output, so a second one in
 * the graph would make every answer uncertain.
 */
import { isProbabilities } from "../inference/is-probabilities.ts";
import type { Runtime } from "../inference/runtime.ts";
import { softmax } from "../inference/softmax.ts";
import { findProducers, type Graph, type GraphNode, integers, makeNode, prune } from "./graph.ts";
import { GraphError } from "./graph-error.ts";
import { withGraph } from "./run-graph.ts";

export type ExposedLogits = {
  /** The graph itself if its output has the logits already. */
  readonly graph: Graph;
  readonly logits: string;
  readonly classes: number;
  /** What was changed, as text to display. */
  readonly note: string | undefined;
};

/** Operators that may follow a Softmax; whether the result is the same without all of them is tried. */
const PASS_ON: ReadonlySet<string> = new Set([
  "Identity",
  "Reshape",
  "Flatten",
  "Squeeze",
  "Unsqueeze",
  "Transpose",
  "Cast",
  "Dropout",
  "Clip",
  "Log",
  "QuantizeLinear",
  "DequantizeLinear",
]);
/** The same, if their other input is a number: percentages, and what keeps a logarithm finite. */
const WITH_NUMBER: ReadonlySet<string> = new Set(["Mul", "Div", "Add", "Max"]);
const SOFTMAX: ReadonlySet<string> = new Set(["Softmax", "LogSoftmax", "QLinearSoftmax"]);
const SIGMOID: ReadonlySet<string> = new Set(["Sigmoid", "HardSigmoid", "QLinearSigmoid"]);
/** For a softmax whose result is one of 256 levels. */
const TOLERANCE = 0.02;
/** Below this, the logarithm of a probability is cut off: the smallest normal float32. */
const SMALLEST = 1.1754944e-38;

/**
 * @param output - the name of the output with logits or probabilities
 * @throws GraphError GRAPH_REFUSED; GRAPH_NOT_FINITE; GRAPH_NOT_CLASSIFIER if the output is not one number for each class, or
 *   if the classes do not exclude one another
 */
export async function exposeLogits(
  runtime: Runtime,
  graph: Graph,
  output: string,
): Promise<ExposedLogits> {
  const before = await runOn(runtime, graph, output);
  const classes = requireClasses(graph, output, before);
  const end = findEnd(graph, output);
  if (end && SIGMOID.has(end.operator)) throw multiLabel(graph, end);
  if (end) {
    const opened = dropSoftmax(graph, end);
    const after = await runOn(runtime, opened.graph, opened.logits);
    const exponents = before.images.map((values) => values.map(Math.exp));
    if (isSame(after.images, before.images) || isSame(after.images, exponents)) {
      return { ...opened, classes, note: `the ${end.operator} at the end was removed` };
    }
  }
  if (!before.images.every(isProbabilities)) {
    return { graph, logits: output, classes, note: undefined };
  }
  return {
    ...appendLog(graph, output),
    classes,
    note: "a logarithm was added at the end, because the network gives probabilities",
  };
}

/** The operator that makes the values of an output, apart from those that only pass them on. */
function findEnd(graph: Graph, output: string): GraphNode | undefined {
  const producers = findProducers(graph);
  let node = producers.get(output);
  while (node) {
    const from = passesOn(node, graph);
    if (from === undefined) break;
    node = producers.get(from);
  }
  return node && (SOFTMAX.has(node.operator) || SIGMOID.has(node.operator)) ? node : undefined;
}

/** The input whose values a node passes on. */
function passesOn({ operator, inputs }: GraphNode, { constants }: Graph): string | undefined {
  const [first = "", second = ""] = inputs;
  if (PASS_ON.has(operator)) return first;
  if (!WITH_NUMBER.has(operator)) return undefined;
  const isNumber = (name: string) => constants.get(name)?.data.length === 1;
  if (isNumber(second)) return first;
  return operator !== "Div" && isNumber(first) ? second : undefined;
}

function dropSoftmax(graph: Graph, { operator, inputs }: GraphNode) {
  const [input = "", scale = "", zero = ""] = inputs;
  const name = unusedName(graph, "logits");
  const nodes =
    operator === "QLinearSoftmax"
      ? [makeNode("DequantizeLinear", [input, scale, zero], `${name}.levels`)]
      : [];
  return append(graph, name, operator === "QLinearSoftmax" ? `${name}.levels` : input, nodes);
}

function appendLog(graph: Graph, output: string) {
  const name = unusedName(graph, "logits");
  const least = `${name}.least`;
  const constant = { type: "float" as const, shape: [], data: Float32Array.of(SMALLEST) };
  const constants = new Map(graph.constants).set(least, constant);
  return append({ ...graph, constants }, name, `${name}.log`, [
    makeNode("Max", [output, least], `${name}.positive`),
    makeNode("Log", [`${name}.positive`], `${name}.log`),
  ]);
}

/** Adds nodes, and the shape [1, N]. */
function append(graph: Graph, name: string, last: string, nodes: readonly GraphNode[]) {
  const shape = `${name}.shape`;
  return {
    logits: name,
    graph: prune({
      ...graph,
      outputs: [{ name }],
      constants: new Map(graph.constants).set(shape, integers([1, -1])),
      nodes: [...graph.nodes, ...nodes, makeNode("Reshape", [last, shape], name)],
    }),
  };
}

function unusedName({ nodes, constants, input }: Graph, wanted: string): string {
  const used = new Set([input.name, ...constants.keys(), ...nodes.flatMap((node) => node.outputs)]);
  let name = wanted;
  while (
    [name, ...["levels", "least", "positive", "log", "shape"].map((end) => `${name}.${end}`)].some(
      (n) => used.has(n),
    )
  ) {
    name = `_${name}`;
  }
  return name;
}

type Outputs = {
  readonly type: string;
  readonly shape: readonly number[];
  /** For each of the images. */
  readonly images: readonly number[][];
};

/** Runs a graph on two images of noise. */
function runOn(runtime: Runtime, graph: Graph, output: string): Promise<Outputs> {
  const size = graph.input.shape.reduce((product, side) => product * side, 1);
  return withGraph(runtime, graph, [output], async (run) => {
    const images: number[][] = [];
    let last: { type: string; shape: readonly number[] } = { type: "nothing", shape: [] };
    for (const seed of [1, 2]) {
      const result = (await run(makeNoise(size, seed))).get(output);
      if (result) last = result;
      images.push(Array.from(result?.data ?? [], Number));
    }
    return { ...last, images };
  });
}

/** The same noise each time, by a linear congruential generator. */
function makeNoise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32) * 4 - 2;
  });
}

function requireClasses(graph: Graph, output: string, { type, shape, images }: Outputs): number {
  const classes = images[0]?.length ?? 0;
  if (images.flat().some(Number.isNaN)) {
    throw new GraphError("GRAPH_NOT_FINITE", {
      what: `${graph.name} is broken.`,
      why: `For an image of noise, its output ${output} has values that are not numbers.`,
      fix: "Its weights are damaged or its training diverged. Use another file.",
    });
  }
  if (type === "float" && classes > 1 && shape.includes(classes)) return classes;
  throw new GraphError("GRAPH_NOT_CLASSIFIER", {
    what: `${graph.name} is not a classifier.`,
    why: `Its output ${output} has the type ${type} and the shape [${shape.join(", ")}], not one float for each class.`,
    fix: "Give a network that classifies images. If it has another output with the classes, name it with --output.",
  });
}

function multiLabel(graph: Graph, { operator }: GraphNode): GraphError {
  return new GraphError("GRAPH_NOT_CLASSIFIER", {
    what: `${graph.name} is not a classifier whose classes exclude one another.`,
    why: `It ends in ${operator}, so it decides about each class separately (multi-label). Here, each photo gets one class.`,
    fix: "Train it with a softmax over the classes. If a photo always has exactly one of them, you can also export it without the Sigmoid.",
  });
}

function isSame(logits: readonly number[][], wanted: readonly number[][]): boolean {
  return logits.every((values, image) => {
    const probabilities = softmax(Float32Array.from(values));
    const expected = wanted[image] ?? [];
    const sum = expected.reduce((total, value) => total + value, 0);
    return expected.every(
      (value, i) => Math.abs(value / sum - (probabilities[i] ?? 2)) < TOLERANCE,
    );
  });
}
