/** Upgrades a graph to operator set 13, the first that can quantise per channel. */
import {
  type Attributes,
  type Constant,
  floatOf,
  floats,
  type Graph,
  type GraphNode,
  integers,
  intsOf,
} from "../../graphs/graph.ts";
import { GraphError } from "../../graphs/graph-error.ts";

const TARGET = 13;
/** Before version 7, operators broadcast with attributes. */
const OLDEST = 7;

/** Adds a constant, and returns its name. */
type AddConstant = (constant: Constant) => string;

/**
 * How operators changed between versions: mostly attributes became inputs. Other operators kept their meaning
 * or are unknown. {@link prepareNetwork} checks that the network still computes the same.
 *
 * Source: https://github.com/onnx/onnx/blob/main/docs/Changelog.md
 */
const CHANGES: Readonly<
  Record<string, { readonly until: number; change(node: GraphNode, add: AddConstant): GraphNode }>
> = {
  Clip: {
    until: 11,
    change: (node, add) => {
      const min = add(floats([], [floatOf(node, "min", -3.4028234663852886e38)]));
      const max = add(floats([], [floatOf(node, "max", 3.4028234663852886e38)]));
      return withInputs(node, [min, max], ["min", "max"]);
    },
  },
  Pad: {
    until: 11,
    change: (node, add) => {
      const pads = add(integers(intsOf(node, "pads") ?? []));
      return withInputs(
        node,
        [pads, add(floats([], [floatOf(node, "value", 0)]))],
        ["pads", "value"],
      );
    },
  },
  Slice: {
    until: 10,
    change: (node, add) => {
      const lists = ["starts", "ends", "axes"].map((name) => intsOf(node, name));
      const [starts = [], ends = [], axes = starts.map((_, axis) => axis)] = lists;
      const inputs = [starts, ends, axes].map((list) => add(integers(list)));
      return withInputs(node, inputs, ["starts", "ends", "axes"]);
    },
  },
  Split: { until: 13, change: (node, add) => moveList(node, "split", add) },
  Squeeze: { until: 13, change: (node, add) => moveList(node, "axes", add) },
  Unsqueeze: { until: 13, change: (node, add) => moveList(node, "axes", add) },
  ReduceSum: { until: 13, change: (node, add) => moveList(node, "axes", add) },
  // Its default axis was 1, with the tensor treated as a matrix. Now it is the last axis.
  Softmax: {
    until: 13,
    change: (node) => ({ ...node, attributes: { axis: { int: 1 }, ...node.attributes } }),
  },
};

/**
 * Upgrades the operator set of ONNX to version 13 if it is lower.
 *
 * @throws GraphError GRAPH_UNSUPPORTED if it is lower than 7
 */
export function upgradeOpset(graph: Graph): Graph {
  const version = graph.opsets[""] ?? 1;
  if (version >= TARGET) return graph;
  if (version < OLDEST) {
    throw new GraphError("GRAPH_UNSUPPORTED", {
      what: `${graph.name} uses an operator set that is too old.`,
      why: `Its version is ${version}, but ${OLDEST} is the oldest supported version.`,
      fix: "Export it again with operator set 13 or later.",
    });
  }
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.map((node, i) => {
    const change = node.domain === "" ? CHANGES[node.operator] : undefined;
    if (!change || version >= change.until) return node;
    return change.change(node, (constant) => {
      const name = `upgraded.${i}.${constants.size}`;
      constants.set(name, constant);
      return name;
    });
  });
  return { ...graph, opsets: { ...graph.opsets, "": TARGET }, nodes, constants };
}

function moveList(node: GraphNode, name: string, add: AddConstant): GraphNode {
  const list = intsOf(node, name);
  return list === undefined ? node : withInputs(node, [add(integers(list))], [name]);
}

/** Replaces attributes with inputs. */
function withInputs(
  node: GraphNode,
  inputs: readonly string[],
  names: readonly string[],
): GraphNode {
  const attributes: Attributes = Object.fromEntries(
    Object.entries(node.attributes).filter(([name]) => !names.includes(name)),
  );
  return { ...node, inputs: [node.inputs[0] as string, ...inputs], attributes };
}
