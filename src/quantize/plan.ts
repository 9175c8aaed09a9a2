/** Decides which nodes of a prepared network are quantised to 8-bit integers, and which stay in float. */
import {
  type Constant,
  findConsumers,
  findProducers,
  floatOf,
  type Graph,
  type GraphNode,
  intOf,
} from "../graphs/graph.ts";
import type { Range } from "./choose-range.ts";
import { findBounds } from "./find-bounds.ts";

type FloatConstant = Constant & { readonly type: "float" };

export type PlannedNode =
  | {
      /** A layer with int8 weights, with a scale per output channel, and an int32 bias. */
      readonly kind: "weighted";
      readonly node: GraphNode;
      readonly input: string;
      /** The output after the following ReLU or Clip, which the range of the levels replaces. */
      readonly output: string;
      readonly weight: FloatConstant;
      readonly bias: Float32Array | undefined;
    }
  | {
      /**
       * A MatMul with int8 weights, with a scale per column. The levels of its input are those of the image at
       * hand, because the activations of transformers differ too much between images. Its output is float.
       */
      readonly kind: "dynamic";
      readonly node: GraphNode;
      readonly input: string;
      readonly output: string;
      /** [D, N] */
      readonly weight: FloatConstant;
    }
  | {
      /** Its inputs and its output are integers with different ranges. */
      readonly kind: "requantised";
      readonly node: GraphNode;
      readonly inputs: readonly string[];
      readonly output: string;
    }
  | {
      /** It only moves integers, so its outputs have the levels of its input. */
      readonly kind: "moved";
      readonly node: GraphNode;
      readonly input: string;
      readonly outputs: readonly string[];
    }
  | { readonly kind: "float"; readonly node: GraphNode };

export type QuantizationPlan = {
  /** In the order of the graph. */
  readonly nodes: readonly PlannedNode[];
  /** Names of the tensors that have their own levels, whose ranges must be known. */
  readonly ranged: readonly string[];
  /** The values of each tensor in `ranged` that matter to the nodes behind it. */
  readonly bounds: ReadonlyMap<string, Range>;
  /** For each moved tensor, the name of the tensor whose levels it has. */
  readonly sameLevels: ReadonlyMap<string, string>;
  /** The number of nodes of each operator that has no integer form. The head is not counted. */
  readonly floatOperators: Readonly<Record<string, number>>;
};

const WEIGHTED: ReadonlySet<string> = new Set(["Conv", "Gemm"]);
const LAYERS: ReadonlySet<string> = new Set([...WEIGHTED, "MatMul"]);
const MOVES: ReadonlySet<string> = new Set([
  "MaxPool",
  "Reshape",
  "Transpose",
  "Split",
  "Slice",
  "Flatten",
  "Squeeze",
  "Unsqueeze",
]);
const REQUANTISES: ReadonlySet<string> = new Set([
  "Add",
  "Concat",
  "GlobalAveragePool",
  "AveragePool",
]);

/**
 * Plans the quantisation of a network.
 *
 * @param keepFloat - names of the outputs of the nodes that must stay in float: the head
 */
export function planQuantization(graph: Graph, keepFloat: ReadonlySet<string>): QuantizationPlan {
  const { absorbedBy, outputOf } = absorbActivations(graph);
  const tail = findTail(graph, keepFloat);
  const integer = new Set<string>();
  const ranged = new Set<string>();
  const sameLevels = new Map<string, string>();
  const floatOperators: Record<string, number> = {};
  const nodes: PlannedNode[] = [];
  const integerNodes = new Set<GraphNode>();
  const range = (tensor: string) => {
    if (!integer.has(tensor)) ranged.add(tensor);
    integer.add(tensor);
  };
  for (const node of graph.nodes) {
    const producer = absorbedBy.get(node);
    if (producer && integerNodes.has(producer)) continue;
    const planned = tail.has(node) ? undefined : planNode(graph, node, integer, outputOf);
    if (!planned) {
      nodes.push({ kind: "float", node });
      if (!tail.has(node)) {
        floatOperators[node.operator] = (floatOperators[node.operator] ?? 0) + 1;
      }
      continue;
    }
    nodes.push(planned);
    if (planned.kind === "dynamic") continue;
    integerNodes.add(node);
    if (planned.kind === "moved") {
      for (const output of planned.outputs) {
        integer.add(output);
        sameLevels.set(output, sameLevels.get(planned.input) ?? planned.input);
      }
      continue;
    }
    if (planned.kind === "weighted") range(planned.input);
    range(planned.output);
  }
  return {
    nodes,
    ranged: [...ranged],
    bounds: boundAll(graph, ranged),
    sameLevels,
    floatOperators,
  };
}

function boundAll(graph: Graph, ranged: ReadonlySet<string>): Map<string, Range> {
  const consumers = findConsumers(graph);
  const isOutput = new Set(graph.outputs.map(({ name }) => name));
  const internal = [...ranged].filter((name) => !isOutput.has(name));
  return new Map(internal.map((name) => [name, findBounds(consumers.get(name) ?? [])]));
}

type IntegerNode = Exclude<PlannedNode, { kind: "float" }>;

function planNode(
  graph: Graph,
  node: GraphNode,
  integer: ReadonlySet<string>,
  outputOf: (node: GraphNode) => string,
): IntegerNode | undefined {
  if (node.domain !== "") return undefined;
  const { operator, inputs } = node;
  const [input = ""] = inputs;
  if (WEIGHTED.has(operator)) return planWeighted(graph, node, outputOf(node));
  if (operator === "MatMul") return planMatMul(graph, node);
  const data = inputs.filter((name) => name !== "" && !graph.constants.has(name));
  if (!data.every((name) => integer.has(name))) return undefined;
  if (MOVES.has(operator) && data.length === 1) {
    return { kind: "moved", node, input, outputs: node.outputs };
  }
  // A constant input would also need levels. That is rare, so such nodes stay in float.
  if (REQUANTISES.has(operator) && data.length === inputs.length && !countsBeyondPads(node)) {
    return { kind: "requantised", node, inputs: data, output: outputOf(node) };
  }
  return undefined;
}

function planWeighted(graph: Graph, node: GraphNode, output: string): IntegerNode | undefined {
  const [input = "", weightName = "", biasName = ""] = node.inputs;
  const weight = graph.constants.get(weightName);
  const bias = biasName === "" ? undefined : graph.constants.get(biasName);
  if (weight?.type !== "float" || (biasName !== "" && bias?.type !== "float")) return undefined;
  if (node.operator === "Gemm" && !isPlainGemm(node, weight, bias)) return undefined;
  const biasData = bias?.type === "float" ? bias.data : undefined;
  return { kind: "weighted", node, input, output, weight, bias: biasData };
}

function planMatMul({ constants }: Graph, node: GraphNode): IntegerNode | undefined {
  const [input = "", weightName = ""] = node.inputs;
  const weight = constants.get(weightName);
  if (weight?.type !== "float" || weight.shape.length !== 2) return undefined;
  return { kind: "dynamic", node, input, output: node.outputs[0] as string, weight };
}

/**
 * Whether a pooling has windows that reach beyond the padding, which it counts. ONNX Runtime's integer operator
 * divides those by the whole size of the window, unlike its float operator.
 */
function countsBeyondPads(node: GraphNode): boolean {
  return intOf(node, "ceil_mode", 0) === 1 && intOf(node, "count_include_pad", 0) === 1;
}

/** Whether a Gemm is `x · Wᵀ + b` with W [N, D] and b [N], the usual form of classifiers. */
function isPlainGemm(node: GraphNode, weight: Constant, bias: Constant | undefined): boolean {
  return (
    intOf(node, "transA", 0) === 0 &&
    intOf(node, "transB", 0) === 1 &&
    floatOf(node, "alpha", 1) === 1 &&
    floatOf(node, "beta", 1) === 1 &&
    (bias === undefined || bias.data.length === weight.shape[0])
  );
}

/**
 * Finds each ReLU and Clip that is the only consumer of the node before it. Levels that start at 0 (and end
 * at the maximum of Clip) have the same effect.
 */
function absorbActivations(graph: Graph) {
  const consumers = findConsumers(graph);
  const producers = findProducers(graph);
  const isOutput = new Set(graph.outputs.map(({ name }) => name));
  const absorbedBy = new Map<GraphNode, GraphNode>();
  const outputs = new Map<GraphNode, string>();
  for (const node of graph.nodes) {
    const [input = ""] = node.inputs;
    const producer = producers.get(input);
    const clips = node.operator === "Relu" || (node.operator === "Clip" && keepsZero(graph, node));
    const after = producer && (WEIGHTED.has(producer.operator) || producer.operator === "Add");
    if (!clips || !after || isOutput.has(input) || consumers.get(input)?.length !== 1) continue;
    absorbedBy.set(node, producer);
    outputs.set(producer, node.outputs[0] as string);
  }
  return {
    absorbedBy,
    outputOf: (node: GraphNode) => outputs.get(node) ?? (node.outputs[0] as string),
  };
}

/**
 * Finds the nodes after the last layer: the last sum of a residual network, the mean, and the head. With 256
 * levels, several classes would get the same logit, and these nodes take almost no time.
 */
function findTail(graph: Graph, keepFloat: ReadonlySet<string>): ReadonlySet<GraphNode> {
  const consumers = findConsumers(graph);
  const tail = new Set<GraphNode>();
  for (const node of graph.nodes.toReversed()) {
    const inHead = node.outputs.some((output) => keepFloat.has(output));
    const after = node.outputs.flatMap((output) => consumers.get(output) ?? []);
    const isLayer = LAYERS.has(node.operator) || hasMatrix(graph, node);
    if ((inHead || !isLayer) && after.every((consumer) => tail.has(consumer))) tail.add(node);
  }
  return tail;
}

/** Whether a node has weights with more than one number for each channel. */
function hasMatrix({ constants }: Graph, { inputs }: GraphNode): boolean {
  return inputs.some((name) => {
    const constant = constants.get(name);
    return constant?.type === "float" && constant.shape.filter((side) => side > 1).length > 1;
  });
}

/** Whether the bounds of a Clip are constants with 0 between them. */
function keepsZero({ constants }: Graph, { inputs }: GraphNode): boolean {
  const bound = (name: string | undefined, fallback: number) => {
    if (!name) return fallback;
    const constant = constants.get(name);
    return constant?.type === "float" ? (constant.data[0] as number) : Number.NaN;
  };
  return bound(inputs[1], -1) <= 0 && bound(inputs[2], 1) >= 0;
}
