/** What only moves values, in TensorFlow Lite. */
import { type GraphNode, intOf, intsOf } from "../graph.ts";
import type { Conversion } from "./conversion.ts";
import { isSameOrder, TO_IMAGE, TO_PLAIN, toAxis, toOnnxShape } from "./layouts.ts";

export function split(c: Conversion, node: GraphNode): void {
  const { value, layout } = c.placed(node.inputs[0] as string);
  const axis = toAxis(intOf(node, "axis", 0), value.shape.length, layout);
  const length = value.shape[axis] as number;
  const count = node.outputs.length;
  const even = Math.ceil(length / count);
  const sizes =
    c.integers(node, "split", 1) ??
    node.outputs.map((_, i) => (i < count - 1 ? even : length - even * (count - 1)));
  const outputs = node.outputs.map((name, i) =>
    c.like(name, layout, value.shape.with(axis, sizes[i] as number), value),
  );
  if (sizes.every((size) => size === sizes[0])) {
    c.builder.add({ kind: "SPLIT", count }, [c.builder.axes([axis], []), value], outputs);
  } else {
    const inputs = [value, c.builder.axes(sizes), c.builder.axes([axis], [])];
    c.builder.add({ kind: "SPLIT_V", count }, inputs, outputs);
  }
}

export function slice(c: Conversion, node: GraphNode): void {
  const { value, layout } = c.placed(node.inputs[0] as string);
  const rank = value.shape.length;
  const starts = c.integers(node, "starts", 1) ?? [];
  const ends = c.integers(node, "ends", 2) ?? [];
  const axes = c.integers(node, "axes", 3) ?? starts.map((_, i) => i);
  const steps = c.integers(node, "steps", 4) ?? starts.map(() => 1);
  const begin = value.shape.map(() => 0);
  const end = [...value.shape];
  const stride = value.shape.map(() => 1);
  for (const [i, given] of axes.entries()) {
    const axis = toAxis(given, rank, layout);
    const length = value.shape[axis] as number;
    const step = steps[i] as number;
    if (step <= 0) throw c.refuse(node, "it goes backwards");
    const clamp = (at: number) => Math.min(Math.max(at < 0 ? at + length : at, 0), length);
    begin[axis] = clamp(starts[i] as number);
    end[axis] = clamp(ends[i] as number);
    stride[axis] = step;
  }
  const shape = begin.map((from, axis) =>
    Math.ceil(((end[axis] as number) - from) / (stride[axis] as number)),
  );
  if (shape.some((side) => side <= 0)) throw c.refuse(node, "its result is empty");
  const output = c.like(node.outputs[0] as string, layout, shape, value);
  const lists = [begin, end, stride].map((list) => c.builder.axes(list));
  c.builder.add({ kind: "STRIDED_SLICE" }, [value, ...lists], [output]);
}

export function reshape(c: Conversion, node: GraphNode): void {
  if (shuffle(c, node)) return;
  const shape = onnxShapeOf(c, node);
  const wanted = c.integers(node, "shape", 1) ?? [];
  const copied = wanted.map((side, axis) => (side === 0 ? (shape[axis] as number) : side));
  const known = copied.reduce((product, side) => (side < 0 ? product : product * side), 1);
  const elements = shape.reduce((product, side) => product * side, 1);
  giveShape(
    c,
    node,
    copied.map((side) => (side < 0 ? elements / known : side)),
  );
}

export function flatten(c: Conversion, node: GraphNode): void {
  const shape = onnxShapeOf(c, node);
  const axis = intOf(node, "axis", 1);
  const from = axis < 0 ? axis + shape.length : axis;
  const product = (sides: readonly number[]) => sides.reduce((total, side) => total * side, 1);
  giveShape(c, node, [product(shape.slice(0, from)), product(shape.slice(from))]);
}

export function squeeze(c: Conversion, node: GraphNode): void {
  const shape = onnxShapeOf(c, node);
  const given = c.integers(node, "axes", 1)?.map((axis) => (axis < 0 ? axis + shape.length : axis));
  const isGone = (side: number, axis: number) => (given ? given.includes(axis) : side === 1);
  giveShape(
    c,
    node,
    shape.filter((side, axis) => !isGone(side, axis)),
  );
}

export function unsqueeze(c: Conversion, node: GraphNode): void {
  const shape = onnxShapeOf(c, node);
  const given = c.integers(node, "axes", 1) ?? [];
  const rank = shape.length + given.length;
  const added = given.map((axis) => (axis < 0 ? axis + rank : axis));
  const rest = [...shape];
  giveShape(
    c,
    node,
    Array.from({ length: rank }, (_, axis) =>
      added.includes(axis) ? 1 : (rest.shift() as number),
    ),
  );
}

export function transpose(c: Conversion, node: GraphNode): void {
  const [name = ""] = node.outputs;
  const { value, layout } = c.placed(node.inputs[0] as string);
  const order = intsOf(node, "perm") ?? value.shape.map((_, axis) => axis).reverse();
  // The values are in this order already.
  if (layout === "image" && order.join() === TO_IMAGE.join()) {
    c.keep(name, { value, layout: "plain" });
  } else if (layout === "plain" && order.join() === TO_PLAIN.join()) {
    c.keep(name, { value, layout: "image" });
  } else {
    const turned = c.builder.transpose(c.plain(node.inputs[0] as string), order);
    c.keep(name, { value: turned, layout: "plain" });
  }
}

export function pass(c: Conversion, node: GraphNode): void {
  c.keep(node.outputs[0] as string, c.placed(node.inputs[0] as string));
}

/** A channel shuffle moves channels only, so it needs no other layout. */
function shuffle(c: Conversion, node: GraphNode): boolean {
  const transpose = c.onlyConsumer(node);
  const back = transpose && c.onlyConsumer(transpose);
  if (transpose?.operator !== "Transpose" || back?.operator !== "Reshape") return false;
  const { value, layout } = c.placed(node.inputs[0] as string);
  const [batch = 1, height = 0, width = 0, channels = 0] = value.shape;
  const groups = c.integers(node, "shape", 1)?.[1] ?? 0;
  const together = c.integers(back, "shape", 1)?.slice(1).join();
  const isShuffle =
    layout === "image" &&
    intsOf(transpose, "perm")?.join() === "0,2,1,3,4" &&
    [[channels, height, width].join(), [-1, height, width].join()].includes(together ?? "") &&
    groups > 0 &&
    channels % groups === 0;
  if (!isShuffle) return false;
  const apart = c.builder.reshape(value, [batch, height, width, groups, channels / groups]);
  const turned = c.builder.transpose(apart, [0, 1, 2, 4, 3]);
  c.keep(back.outputs[0] as string, {
    value: c.builder.reshape(turned, value.shape),
    layout: "image",
  });
  c.takeIn(transpose, back);
  return true;
}

function onnxShapeOf(c: Conversion, node: GraphNode): readonly number[] {
  const { value, layout } = c.placed(node.inputs[0] as string);
  return toOnnxShape(value.shape, layout);
}

function giveShape(c: Conversion, node: GraphNode, shape: readonly number[]): void {
  const [input = ""] = node.inputs;
  const { value, layout } = c.placed(input);
  const isOrdered = layout === "plain" || isSameOrder(value.shape);
  const plain = isOrdered ? value : c.plain(input);
  c.keep(node.outputs[0] as string, { value: c.builder.reshape(plain, shape), layout: "plain" });
}
