import type { Attribute, Constant, Graph } from "./graph.ts";

/** The numbers of element types in ONNX. */
const FLOAT = 1;
const FLOAT16 = 10;

/** Converts a network in half precision to float32, which represents each half exactly. */
export function widenHalves(graph: Graph): Graph {
  return {
    ...graph,
    constants: new Map([...graph.constants].map(([name, constant]) => [name, widen(constant)])),
    nodes: graph.nodes.map((node) => ({
      ...node,
      attributes: Object.fromEntries(
        Object.entries(node.attributes).map(([name, value]) => [
          name,
          name === "to" && node.operator === "Cast" ? widenTarget(value) : widenAttribute(value),
        ]),
      ),
    })),
  };
}

/** Whether a network has tensors in half precision. */
export function hasHalves({ nodes, constants }: Graph): boolean {
  return (
    [...constants.values()].some(({ type }) => type === "float16") ||
    nodes.some(
      ({ operator, attributes: { to } }) =>
        operator === "Cast" && to && "int" in to && to.int === FLOAT16,
    )
  );
}

function widen(constant: Constant): Constant {
  if (constant.type !== "float16") return constant;
  return { type: "float", shape: constant.shape, data: Float32Array.from(constant.data) };
}

function widenAttribute(value: Attribute): Attribute {
  return "tensor" in value ? { tensor: widen(value.tensor) } : value;
}

function widenTarget(value: Attribute): Attribute {
  return "int" in value && value.int === FLOAT16 ? { int: FLOAT } : value;
}
