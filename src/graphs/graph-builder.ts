/** Builds a graph node by node. */
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

/** ONNX Runtime 1.13 and later run it. */
const OPSET = 17;

/** A graph in the making. */
export class GraphBuilder {
  readonly #nodes: GraphNode[] = [];
  readonly #constants = new Map<string, Constant>();

  /** Adds a node with one output, and gives the output's name. */
  add(operator: string, inputs: readonly string[], output: string, attributes: Attributes = {}) {
    this.#nodes.push(makeNode(operator, inputs, output, attributes));
    return output;
  }

  /** Adds a float32 constant, and gives its name. */
  floats(name: string, shape: readonly number[], data: Float32Array): string {
    this.#constants.set(name, floats(shape, data));
    return name;
  }

  /** Adds a list of int64, and gives its name. */
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
