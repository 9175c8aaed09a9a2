/** Takes apart the fused operators that ONNX Runtime writes when it saves an optimised graph. */
import {
  type Attribute,
  type Attributes,
  type Constant,
  type Graph,
  type GraphNode,
  MICROSOFT,
  makeNode,
} from "./graph.ts";

const FUSED: Readonly<Record<string, string>> = { FusedConv: "Conv", FusedGemm: "Gemm" };
/** For each activation, the names of the attributes that its parameters become. */
const ACTIVATIONS: Readonly<Record<string, readonly string[]>> = {
  Relu: [],
  Sigmoid: [],
  Tanh: [],
  LeakyRelu: ["alpha"],
  HardSigmoid: ["alpha", "beta"],
};

/** Replaces each FusedConv and FusedGemm with the operators of ONNX that it stands for. */
export function unfuse(graph: Graph): Graph {
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.flatMap((node) => takeApart(node, constants) ?? [node]);
  return { ...graph, nodes, constants };
}

function takeApart(node: GraphNode, constants: Map<string, Constant>): GraphNode[] | undefined {
  const plain = node.domain === MICROSOFT ? FUSED[node.operator] : undefined;
  const [output = ""] = node.outputs;
  const { activation, activation_params: list, ...attributes } = node.attributes;
  const name = activation && "text" in activation ? activation.text : "";
  if (plain === undefined) return undefined;
  const parameters = readParameters(name, node.attributes, list);
  if (name !== "" && name !== "Clip" && parameters === undefined) return undefined;
  const own = Object.fromEntries(
    Object.entries(attributes).filter(([key]) => !key.startsWith("activation_")),
  );
  const [x = "", w = "", b = "", added = ""] = node.inputs;
  const steps: GraphNode[] = [];
  let at = `${output}.linear`;
  steps.push(makeNode(plain, b === "" ? [x, w] : [x, w, b], at, own));
  if (added !== "") {
    steps.push(makeNode("Add", [at, added], `${output}.sum`));
    at = `${output}.sum`;
  }
  if (name === "Clip") {
    const bounds = list && "floats" in list ? list.floats : [];
    const names = bounds.map((value, i) => {
      constants.set(`${output}.bound${i}`, {
        type: "float",
        shape: [],
        data: Float32Array.of(value),
      });
      return `${output}.bound${i}`;
    });
    steps.push(makeNode("Clip", [at, ...names], output));
  } else {
    steps.push(makeNode(name === "" ? "Identity" : name, [at], output, parameters));
  }
  return steps;
}

/** @returns undefined if the activation is not known */
function readParameters(
  activation: string,
  attributes: Attributes,
  list: Attribute | undefined,
): Attributes | undefined {
  const names = activation === "" ? [] : ACTIVATIONS[activation];
  const values = list && "floats" in list ? list.floats : [];
  const entries = names?.map((name, i): [string, Attribute | undefined] => {
    const value = values[i];
    // FusedConv has a list, and FusedGemm an attribute for each.
    return [name, value === undefined ? attributes[`activation_${name}`] : { float: value }];
  });
  if (entries === undefined) return undefined;
  return Object.fromEntries(entries.filter((entry): entry is [string, Attribute] => !!entry[1]));
}
