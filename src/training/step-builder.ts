/** A graph of a training step that is being built. The shape of each of its tensors is known. */
import {
  type Attributes,
  type Constant,
  floats,
  type GraphNode,
  integers,
  makeNode,
} from "../graphs/graph.ts";

export type Shape = readonly number[];

/** Collects the nodes of a step. Adding a node that exists already returns the name of its output. */
export class StepBuilder {
  readonly #nodes: GraphNode[] = [];
  readonly #constants = new Map<string, Constant>();
  readonly #shapes = new Map<string, Shape>();
  readonly #inputs: string[] = [];
  /** What each transposed tensor was made of. */
  readonly #transposed = new Map<string, { from: string; order: readonly number[] }>();
  /** The outputs of the nodes that were added, by what these compute. */
  readonly #computed = new Map<string, string>();

  get nodes(): readonly GraphNode[] {
    return this.#nodes;
  }

  get constants(): ReadonlyMap<string, Constant> {
    return this.#constants;
  }

  /** The float32 inputs, in the order in which they were added. */
  get inputs(): readonly { readonly name: string; readonly shape: Shape }[] {
    return this.#inputs.map((name) => ({ name, shape: this.shapeOf(name) }));
  }

  /** Adds a float32 input, and returns its name. */
  input(name: string, shape: Shape): string {
    const free = this.#freeName(name);
    this.#shapes.set(free, shape);
    this.#inputs.push(free);
    return free;
  }

  /** Adds a constant under its own name. */
  constant(name: string, value: Constant): string {
    this.#constants.set(name, value);
    this.#shapes.set(name, value.shape);
    return name;
  }

  /** Adds nodes of another graph with the names that they have there. */
  copy(node: GraphNode, shapes: readonly Shape[]): void {
    this.#nodes.push(node);
    node.outputs.forEach((output, i) => {
      if (output !== "") this.#shapes.set(output, shapes[i] as Shape);
    });
  }

  has(name: string): boolean {
    return this.#shapes.has(name);
  }

  shapeOf(name: string): Shape {
    const shape = this.#shapes.get(name);
    if (!shape) throw new Error(`The step has no tensor ${name}.`);
    return shape;
  }

  /** The elements of a constant of integers, such as axes; undefined for what is not a constant. */
  integersOf(name: string | undefined): readonly number[] | undefined {
    const constant = this.#constants.get(name ?? "");
    return constant && Array.from(constant.data as ArrayLike<number | bigint>, Number);
  }

  /**
   * Adds a node with one output, and returns the name of the output.
   *
   * @param shape - of the output
   */
  add(
    operator: string,
    inputs: readonly string[],
    shape: Shape,
    attributes: Attributes = {},
  ): string {
    const key = JSON.stringify([operator, inputs, attributes]);
    const existing = this.#computed.get(key);
    if (existing !== undefined) return existing;
    const output = this.#freeName(`step.${this.#nodes.length}.${operator}`);
    this.#nodes.push(makeNode(operator, inputs, output, attributes));
    this.#shapes.set(output, shape);
    this.#computed.set(key, output);
    return output;
  }

  /** Gives a tensor another name, under which it can be an output. */
  rename(tensor: string, name: string): string {
    const free = this.#freeName(name);
    this.#nodes.push(makeNode("Identity", [tensor], free));
    this.#shapes.set(free, this.shapeOf(tensor));
    return free;
  }

  scalar(value: number): string {
    return this.#literal(`float.${value}`, floats([], [value]));
  }

  floats(shape: Shape, values: readonly number[] | Float32Array): string {
    return this.#literal(`floats.${shape.join("x")}.${values.join(",")}`, floats(shape, values));
  }

  integers(values: readonly number[]): string {
    return this.#literal(`integers.${values.join(",")}`, integers(values));
  }

  /** Adds an element-wise operator whose inputs are broadcast. */
  combine(operator: "Add" | "Sub" | "Mul" | "Div", a: string, b: string): string {
    return this.add(operator, [a, b], broadcast(this.shapeOf(a), this.shapeOf(b)));
  }

  /** Multiplies by a number. */
  scale(tensor: string, factor: number): string {
    return factor === 1 ? tensor : this.combine("Mul", tensor, this.scalar(factor));
  }

  /** Adds an operator with one input and an output of the same shape. */
  map(operator: string, tensor: string): string {
    return this.add(operator, [tensor], this.shapeOf(tensor));
  }

  reshape(tensor: string, shape: Shape): string {
    const from = this.shapeOf(tensor);
    if (from.length === shape.length && from.every((side, i) => side === shape[i])) return tensor;
    return this.add("Reshape", [tensor, this.integers(shape)], shape);
  }

  transpose(tensor: string, order: readonly number[]): string {
    const earlier = this.#transposed.get(tensor);
    if (earlier) {
      return this.transpose(
        earlier.from,
        order.map((axis) => earlier.order[axis] as number),
      );
    }
    const from = this.shapeOf(tensor);
    const shape = order.map((axis) => from[axis] as number);
    // Moving sides of 1 moves no elements.
    const moved = order.filter((axis) => from[axis] !== 1);
    if (moved.every((axis, i) => i === 0 || axis > (moved[i - 1] as number))) {
      return this.reshape(tensor, shape);
    }
    const output = this.add("Transpose", [tensor], shape, { perm: { ints: order } });
    this.#transposed.set(output, { from: tensor, order });
    return output;
  }

  sum(tensor: string, axes: readonly number[], keep = false): string {
    const shape = this.shapeOf(tensor).flatMap((side, axis) =>
      axes.includes(axis) ? (keep ? [1] : []) : [side],
    );
    return this.add("ReduceSum", [tensor, this.integers(axes)], shape, {
      keepdims: { int: keep ? 1 : 0 },
    });
  }

  concat(tensors: readonly string[], axis: number): string {
    const [first = ""] = tensors;
    if (tensors.length === 1) return first;
    const shape = [...this.shapeOf(first)];
    shape[axis] = tensors.reduce((sum, name) => sum + (this.shapeOf(name)[axis] as number), 0);
    return this.add("Concat", tensors, shape, { axis: { int: axis } });
  }

  /** Takes every `step`th element of the axes given, beginning at `start`, `count` of them. */
  slice(
    tensor: string,
    ranges: readonly { axis: number; start: number; count: number; step?: number }[],
  ): string {
    const shape = [...this.shapeOf(tensor)];
    const real = ranges.filter(
      ({ axis, start, count }) => start !== 0 || count !== (shape[axis] as number),
    );
    if (real.length === 0) return tensor;
    for (const { axis, count } of real) shape[axis] = count;
    const lists = [
      real.map(({ start }) => start),
      real.map(({ start, count, step = 1 }) => start + (count - 1) * step + 1),
      real.map(({ axis }) => axis),
      real.map(({ step = 1 }) => step),
    ];
    return this.add("Slice", [tensor, ...lists.map((list) => this.integers(list))], shape);
  }

  /** Adds elements at the beginning and the end of each axis. */
  pad(tensor: string, begin: readonly number[], end: readonly number[], value = 0): string {
    if ([...begin, ...end].every((count) => count === 0)) return tensor;
    const shape = this.shapeOf(tensor).map(
      (side, axis) => side + (begin[axis] as number) + (end[axis] as number),
    );
    const inputs = [tensor, this.integers([...begin, ...end])];
    return this.add("Pad", value === 0 ? inputs : [...inputs, this.scalar(value)], shape);
  }

  /** Repeats a tensor along its sides of 1. */
  expand(tensor: string, shape: Shape): string {
    return this.add("Expand", [tensor, this.integers(shape)], shape);
  }

  zeros(shape: Shape): string {
    return this.add("ConstantOfShape", [this.integers(shape)], shape);
  }

  /** Sums over the axes along which a tensor was repeated, so that it has `shape` again. */
  unbroadcast(tensor: string, shape: Shape): string {
    const from = this.shapeOf(tensor);
    const extra = from.length - shape.length;
    const axes = from.flatMap((side, axis) =>
      axis < extra || (shape[axis - extra] === 1 && side !== 1) ? [axis] : [],
    );
    return this.reshape(axes.length === 0 ? tensor : this.sum(tensor, axes), shape);
  }

  #literal(name: string, value: Constant): string {
    const full = `step.${name}`;
    return this.#constants.has(full) ? full : this.constant(full, value);
  }

  #freeName(wanted: string): string {
    let name = wanted;
    while (this.#shapes.has(name)) name = `${name}_`;
    return name;
  }
}

/** The shape that two tensors have together, by the rules of NumPy. */
export function broadcast(a: Shape, b: Shape): Shape {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, i) => {
    const [x = 1, y = 1] = [a[i - length + a.length], b[i - length + b.length]];
    return x === 1 ? y : x;
  });
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, side) => product * side, 1);
}
