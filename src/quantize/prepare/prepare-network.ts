/** Converts any network to the form that is quantised: batch normalisations folded, outputs renamed. */
import { floats, type Graph, type GraphNode, makeNode, prune } from "../../graphs/graph.ts";
import { GraphError } from "../../graphs/graph-error.ts";
import { renameTensors } from "../../graphs/rename-tensors.ts";
import { withGraph } from "../../graphs/run-graph.ts";
import type { Runtime } from "../../inference/runtime.ts";
import { softmax as toProbabilities } from "../../inference/softmax.ts";
import {
  EMBEDDING,
  FEATURES,
  HEAD_BIAS,
  HEAD_INPUT,
  HEAD_WEIGHT,
  INPUT,
  LOGITS,
  POOLED,
} from "../tensor-names.ts";
import { dropNoOps } from "./drop-no-ops.ts";
import { findHead, type Head, type Linear } from "./find-head.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import { foldConstants } from "./fold-constants.ts";
import { requireFloatNetwork } from "./require-float-network.ts";
import { rewriteLayers } from "./rewrite-layers.ts";
import { sortNodes } from "./sort-nodes.ts";
import { upgradeOpset } from "./upgrade-opset.ts";

const RESERVED = [POOLED, EMBEDDING, LOGITS, HEAD_WEIGHT, HEAD_BIAS];

/** A float32 network with the outputs `logits` and, if they exist, `embedding` and `features`. */
export type PreparedNetwork = {
  readonly graph: Graph;
  /** Undefined if the network does not end in a mean over positions and a linear layer. */
  readonly head: Linear | undefined;
  readonly classes: number;
  /** Names of the tensors after the features, which stay in float. */
  readonly floatTensors: ReadonlySet<string>;
  /** What was changed, as text to display. */
  readonly notes: readonly string[];
};

/** Allows for float32 sums in a different order; logits are of the order of 10. */
const TOLERANCE = 1e-3;

/**
 * Prepares a network, and checks that it still computes the same.
 *
 * @param output - name of the output with the logits or probabilities
 * @throws GraphError GRAPH_REFUSED; GRAPH_UNSUPPORTED; GRAPH_QUANTISED; GRAPH_NOT_CLASSIFIER if the output is not a vector of
 *   classes; GRAPH_NOT_FINITE; GRAPH_CHANGED if the result computes something else
 */
export async function prepareNetwork(
  runtime: Runtime,
  source: Graph,
  output: string,
): Promise<PreparedNetwork> {
  const needed = sortNodes(onlyOutput(source, output));
  requireFloatNetwork(needed);
  const alone = dropNoOps(needed);
  const { graph: folded, shapes } = await foldConstants(runtime, alone);
  const shape = shapes.get(output) ?? [];
  const classes = shape.reduce((product, side) => product * side, 1);
  if (classes < 2 || !shape.includes(classes)) {
    throw new GraphError("GRAPH_NOT_CLASSIFIER", {
      what: `${source.name} is not a classifier.`,
      why: `Its output ${output} has the shape [${shape.join(", ")}], not one number per class.`,
      fix: "Use a network that classifies images.",
    });
  }
  const { graph: normalised, folded: count } = foldBatchNorm(rewriteLayers(upgradeOpset(folded)));
  const head = findHead(normalised, output, shapes);
  const { graph, floatTensors } = rewriteHead(normalised, head, shapes);
  await requireSame(runtime, source, output, graph, head.softmax);
  const notes = [
    ...(count > 0 ? [`${count} batch normalisations were folded into convolutions`] : []),
    ...(head.softmax ? ["the Softmax at the end was removed"] : []),
    ...(head.features === undefined
      ? ["there are no heat maps, because no mean of features before a linear layer was found"]
      : []),
  ];
  const camHead = head.features === undefined ? undefined : head.linear;
  return { graph, head: camHead, classes, floatTensors, notes };
}

function onlyOutput(graph: Graph, output: string): Graph {
  return prune({ ...graph, outputs: [{ name: output }] });
}

/** Rewrites the features, their mean and the linear layer as separate nodes with the names in manifests. */
function rewriteHead(
  graph: Graph,
  { logits, linear, features, embedding }: Head,
  shapes: ReadonlyMap<string, readonly number[]>,
): { graph: Graph; floatTensors: ReadonlySet<string> } {
  const names = new Map([[graph.input.name, INPUT]]);
  if (!linear) {
    const renamed = renameTensors(
      { ...graph, outputs: [{ name: logits }] },
      names.set(logits, LOGITS),
    );
    const shape = shapes.get(logits) as readonly number[];
    return flattenLogits(renamed, shape);
  }
  const start = (features ?? embedding) as string;
  names.set(start, features === undefined ? HEAD_INPUT : FEATURES);
  const body = renameTensors(prune({ ...graph, outputs: [{ name: start }] }), names, RESERVED);
  const { classes, width } = linear;
  const constants = new Map(body.constants)
    .set(HEAD_WEIGHT, floats([classes, width], linear.weight))
    .set(HEAD_BIAS, floats([classes], linear.bias));
  const flat = { axis: { int: 1 } };
  const nodes: GraphNode[] = [
    ...(features === undefined ? [] : [makeNode("GlobalAveragePool", [FEATURES], POOLED)]),
    makeNode("Flatten", [features === undefined ? HEAD_INPUT : POOLED], EMBEDDING, flat),
    makeNode("Gemm", [EMBEDDING, HEAD_WEIGHT, HEAD_BIAS], LOGITS, { transB: { int: 1 } }),
  ];
  const featureShape = shapes.get(start) as readonly number[];
  return {
    floatTensors: new Set(nodes.flatMap(({ outputs }) => outputs)),
    graph: {
      ...body,
      outputs: [
        { name: LOGITS, shape: [1, classes] },
        { name: EMBEDDING, shape: [1, width] },
        ...(features === undefined ? [] : [{ name: FEATURES, shape: featureShape }]),
      ],
      nodes: [...body.nodes, ...nodes],
      constants,
    },
  };
}

/** Converts logits with more dimensions, such as [1, N, 1, 1], to [1, N]. */
function flattenLogits(graph: Graph, shape: readonly number[]) {
  const classes = shape.reduce((product, side) => product * side, 1);
  const outputs = [{ name: LOGITS, shape: [1, classes] }];
  if (shape.length === 2) return { graph: { ...graph, outputs }, floatTensors: new Set<string>() };
  const body = renameTensors({ ...graph, outputs: [] }, new Map([[LOGITS, "head.logits"]]));
  const flatten = makeNode("Flatten", ["head.logits"], LOGITS, { axis: { int: 1 } });
  return {
    graph: { ...body, outputs, nodes: [...body.nodes, flatten] },
    floatTensors: new Set([LOGITS]),
  };
}

/** Compares the logits for an image of noise, or the probabilities if the source outputs those. */
async function requireSame(
  runtime: Runtime,
  source: Graph,
  output: string,
  prepared: Graph,
  softmax: boolean,
): Promise<void> {
  const image = makeNoise(source.input.shape.reduce((product, side) => product * side, 1));
  const before = await runFor(runtime, source, output, image);
  if (!before.every(Number.isFinite)) {
    throw new GraphError("GRAPH_NOT_FINITE", {
      what: `${source.name} is broken.`,
      why: `For an image of noise, its output ${output} has values that are not finite numbers.`,
      fix: "Its weights are damaged or its training diverged. Use another file.",
    });
  }
  const raw = await runFor(runtime, prepared, LOGITS, image);
  const after = softmax ? toProbabilities(raw) : raw;
  const scale = Math.max(1, ...before.map(Math.abs));
  const worst = Math.max(...before.map((value, i) => Math.abs(value - (after[i] as number))));
  if (worst <= TOLERANCE * scale) return;
  throw new GraphError("GRAPH_CHANGED", {
    what: `${source.name} cannot be prepared.`,
    why: `Preparing it changes what it computes: its outputs differ by up to ${worst}.`,
    fix: "Export it again with operator set 13 or later.",
  });
}

function runFor(
  runtime: Runtime,
  graph: Graph,
  output: string,
  image: Float32Array,
): Promise<Float32Array> {
  return withGraph(runtime, graph, [output], async (run) =>
    Float32Array.from((await run(image)).get(output)?.data as Float32Array),
  );
}

/** Makes the same noise each time, with a linear congruential generator. */
function makeNoise(length: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32) * 4 - 2;
  });
}
