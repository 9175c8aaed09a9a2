/** Lets a network take images of another size. Sizes that its file states are computed again. */
import {
  type Constant,
  type Graph,
  type GraphNode,
  integers,
  intsOf,
  makeNode,
} from "../graphs/graph.ts";
import { GraphError } from "../graphs/graph-error.ts";
import { addForward } from "./differentiate.ts";
import { inferShapes } from "./infer-shapes.ts";
import { broadcast, type Shape, StepBuilder, sizeOf } from "./step-builder.ts";

/**
 * Makes the input a square. Convolutions and poolings then have fewer or more positions, and a mean over all
 * positions stays one.
 *
 * @param logits - the name of the tensor with one number for each class
 * @param side - in pixels
 * @throws GraphError GRAPH_INPUT_MISMATCH if the network cannot take such images; TrainingError
 *   OPERATOR_NOT_DIFFERENTIABLE if an operator is not known
 */
export function resizeInput(graph: Graph, logits: string, side: number): Graph {
  const [count = 1, channels = 3, height = 0, width = 0] = graph.input.shape;
  if (height === side && width === side) return graph;
  return new Resizing(graph, [count, channels, side, side]).run(logits);
}

class Resizing {
  readonly #graph: Graph;
  readonly #input: Shape;
  /** Of all tensors, with images of the old size. */
  readonly #old: ReadonlyMap<string, Shape>;
  readonly #step = new StepBuilder();
  readonly #constants: Map<string, Constant>;

  constructor(graph: Graph, input: Shape) {
    this.#graph = graph;
    this.#input = input;
    this.#old = inferShapes(graph);
    this.#constants = new Map(graph.constants);
    this.#step.input(graph.input.name, input);
    for (const [name, value] of graph.constants) this.#step.constant(name, value);
  }

  run(logits: string): Graph {
    const nodes = this.#graph.nodes.map((node) => {
      const adapted = this.#adapt(node);
      addForward(this.#step, [adapted]);
      this.#check(adapted);
      return adapted;
    });
    if (!same(this.#new(logits), this.#before(logits))) {
      throw this.#refuse(`its output ${logits} would have another shape`);
    }
    return {
      ...this.#graph,
      input: { ...this.#graph.input, shape: this.#input },
      outputs: this.#graph.outputs.map((output) =>
        output.shape ? { ...output, shape: this.#new(output.name) } : output,
      ),
      nodes,
      constants: this.#constants,
    };
  }

  #adapt(node: GraphNode): GraphNode {
    const [x = ""] = node.inputs;
    if (!this.#isChanged(x)) return node;
    switch (node.operator) {
      case "AveragePool":
        return this.#isWhole(node)
          ? makeNode("GlobalAveragePool", [x], node.outputs[0] ?? "")
          : node;
      case "Reshape":
        return this.#replaceSides(node, 1, (side, axis, shape) =>
          // The positions keep their place as the last two axes.
          side > 0 && axis >= shape.length - 2
            ? this.#scale(node, side, axis - shape.length)
            : side,
        );
      case "Resize":
        return this.#replaceSides(node, 3, (side, axis, shape) =>
          axis >= shape.length - 2 ? this.#scale(node, side, axis - shape.length) : side,
        );
      default:
        return node;
    }
  }

  /** Replaces the sides that a node takes as a constant. */
  #replaceSides(
    node: GraphNode,
    at: number,
    replace: (side: number, axis: number, shape: readonly number[]) => number,
  ): GraphNode {
    const name = node.inputs[at] ?? "";
    const sides = this.#step.integersOf(name);
    const before = this.#before(node.inputs[0] ?? "");
    const after = this.#before(node.outputs[0] ?? "");
    const keepsPositions = node.operator === "Resize" || same(before.slice(-2), after.slice(-2));
    if (!sides || before.length < 4 || !keepsPositions) return node;
    const resized = `${name}.${node.outputs[0]}`;
    const value = integers(sides.map((side, axis) => replace(side, axis, sides)));
    this.#constants.set(resized, value);
    this.#step.constant(resized, value);
    return { ...node, inputs: node.inputs.with(at, resized) };
  }

  /** @param axis - from the end */
  #scale(node: GraphNode, side: number, axis: number): number {
    const [x = ""] = node.inputs;
    const [before, after] = [this.#before(x).at(axis) as number, this.#new(x).at(axis) as number];
    const scaled = (side * after) / before;
    if (Number.isInteger(scaled)) return scaled;
    throw this.#refuse(`its ${node.operator} ${node.outputs[0]} would give ${scaled} px`);
  }

  #check(node: GraphNode): void {
    const name = `its ${node.operator} ${node.outputs[0] ?? ""}`;
    for (const output of node.outputs.filter((tensor) => this.#old.has(tensor))) {
      const shape = this.#new(output);
      if (!shape.every((side) => Number.isInteger(side) && side > 0)) {
        throw this.#refuse(`${name} would have nothing to compute`);
      }
    }
    const [a = [], b = []] = node.inputs.map((input) => (input === "" ? [] : this.#new(input)));
    const [oldA = [], oldB = []] = node.inputs.map((input) => this.#before(input));
    switch (node.operator) {
      case "GlobalAveragePool":
        // A mean of a single position says little, and its rounding can depend on the number of threads.
        if (sizeOf(a.slice(2)) > 1 || sizeOf(oldA.slice(2)) === 1) return;
        throw this.#refuse(`${name} would have a single position left`);
      case "Reshape":
        if (sizeOf(a) === sizeOf(this.#new(node.outputs[0] as string))) return;
        throw this.#refuse(`${name} has a fixed shape`);
      case "Gemm":
      case "MatMul":
        if (same(a.slice(-1), oldA.slice(-1)) && same(b, oldB)) return;
        throw this.#refuse(`${name} takes a fixed number of values`);
      case "Slice":
        if (same(a, oldA) || !this.#endsBefore(node)) return;
        throw this.#refuse(`${name} cuts at a fixed position`);
      case "Concat":
        if (node.inputs.every((input) => this.#fits(node, input))) return;
        throw this.#refuse(`${name} would join images of different sizes`);
      case "Add":
      case "Sub":
      case "Mul":
      case "Div":
        if (same(oldA, oldB) ? same(a, b) : isBroadcast(a, b)) return;
        throw this.#refuse(`${name} would join images of different sizes`);
    }
  }

  /** Whether an input of a Concat differs from its output at one axis at most, as before. */
  #fits({ outputs: [y = ""] }: GraphNode, input: string): boolean {
    const differs = (from: Shape, to: Shape) => from.map((side, axis) => side !== to[axis]);
    const before = differs(this.#before(input), this.#before(y));
    return differs(this.#new(input), this.#new(y)).every(
      (isOther, axis) => !isOther || before[axis],
    );
  }

  /** Whether a Slice ends at a position within the image. */
  #endsBefore({ inputs: [x = "", , end, axis] }: GraphNode): boolean {
    const ends = this.#step.integersOf(end) ?? [];
    const axes = this.#step.integersOf(axis);
    return ends.some((value, i) => {
      const at = axes?.[i] ?? i;
      const [before, after] = [this.#before(x).at(at) as number, this.#new(x).at(at) as number];
      return before !== after && value > 0 && value < Math.max(before, after);
    });
  }

  /** Whether a pooling takes the mean over all positions. */
  #isWhole(node: GraphNode): boolean {
    const kernel = intsOf(node, "kernel_shape") ?? [];
    const pads = intsOf(node, "pads") ?? [];
    return (
      same(kernel, this.#before(node.inputs[0] ?? "").slice(2)) &&
      pads.every((count) => count === 0)
    );
  }

  #isChanged(tensor: string): boolean {
    return this.#old.has(tensor) && !same(this.#before(tensor), this.#new(tensor));
  }

  #before(tensor: string): Shape {
    return this.#old.get(tensor) ?? [];
  }

  #new(tensor: string): Shape {
    return this.#step.has(tensor) ? this.#step.shapeOf(tensor) : [];
  }

  /** How many times smaller the smallest feature maps are than the image. */
  #reduction(): number {
    const [, , side = 1] = this.#graph.input.shape;
    const maps = [...this.#old].filter(([name, x]) => x.length === 4 && !this.#constants.has(name));
    const sides = maps.map(([, shape]) => shape[2] as number);
    return Math.round(side / Math.min(...sides.filter((x) => x > 1)));
  }

  #refuse(reason: string): GraphError {
    const [, , old] = this.#graph.input.shape;
    const [, , side] = this.#input;
    const step = this.#reduction();
    return new GraphError("GRAPH_INPUT_MISMATCH", {
      what: `${this.#graph.name} cannot take images of ${side} px.`,
      why: `It was made for ${old} px; with ${side} px, ${reason}.`,
      fix: `Give a multiple of ${step} that is at least ${2 * step}. If that does not help, the network takes images of ${old} px only.`,
    });
  }
}

function isBroadcast(a: Shape, b: Shape): boolean {
  const shape = broadcast(a, b);
  const fits = (other: Shape) =>
    other.every((side, i) => side === 1 || side === shape[shape.length - other.length + i]);
  return fits(a) && fits(b);
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, i) => side === b[i]);
}
