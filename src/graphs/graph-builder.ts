import {
  type Attributes,
  type Constant,
  floats,
  type Graph,
  type GraphNode,
  integers,
  makeNode,
  type ValueInfo,
} from "./graph.ts";

/** The operator set, which ONNX Runtime 1.13 and later support. */
const OPSET = 17;

/** Builds a graph node by node. */
export class GraphBuilder {
  readonly #nodes: GraphNode[] = [];
  readonly #constants = new Map<string, Constant>();

  /** Adds a node with one output, and returns the name of the output. */
  add(operator: string, inputs: readonly string[], output: string, attributes: Attributes = {}) {
    this.#nodes.push(makeNode(operator, inputs, output, attributes));
    return output;
  }

  /** Adds a float32 constant, and returns its name. */
  floats(name: string, shape: readonly number[], data: Float32Array): string {
    this.#constants.set(name, floats(shape, data));
    return name;
  }

  /** Adds a one-dimensional int64 constant, and returns its name. */
  integers(name: string, values: readonly number[]): string {
    this.#constants.set(name, integers(values));
    return name;
  }

  build(name: string, input: Graph["input"], outputs: readonly ValueInfo[]): Graph {
    return {
      name,
      opsets: { "": OPSET },
      input,
      outputs,
      nodes: this.#nodes,
      constants: this.#constants,
    };
  }
}
