/** What only moves values, in TensorFlow Lite. */
import { type GraphNode, intOf, intsOf } from "../graph.ts";
import type { Conversion } from "./conversion.ts";

export function split(c: Conversion, node: GraphNode): void {
  const input = c.value(node.inputs[0] as string);
  const count = node.outputs.length;
  const channels = (input.shape[3] as number) / count;
  const sizes = node.inputs[1] && c.findConstant(node.inputs[1]);
  const isEven = !sizes || [...sizes.data].every((size) => Number(size) === channels);
  if (intOf(node, "axis", 0) !== 1 || !isEven) {
    throw c.refuse(node, "it does not split channels into equal parts");
  }
  const shape = [...input.shape.slice(0, 3), channels];
  const outputs = node.outputs.map((name) => c.like(name, shape, input));
  c.builder.add({ kind: "SPLIT", count }, [c.builder.axes([3], []), input], outputs);
}

export function shuffle(c: Conversion, node: GraphNode): void {
  const input = c.value(node.inputs[0] as string);
  const [batch = 1, height = 0, width = 0, channels = 0] = input.shape;
  const transpose = c.onlyConsumer(node);
  const back = transpose && c.onlyConsumer(transpose);
  const groups = c.shapeOf(node)[1] ?? 0;
  const order = (transpose && intsOf(transpose, "perm")) ?? [];
  const isShuffle =
    transpose?.operator === "Transpose" &&
    back?.operator === "Reshape" &&
    order.join() === "0,2,1,3,4";
  if (!isShuffle || groups <= 0 || channels % groups !== 0) {
    throw c.refuse(node, "it is not part of a channel shuffle");
  }
  const name = node.outputs[0] as string;
  const apart = [batch, height, width, groups, channels / groups];
  const mixed = [batch, height, width, channels / groups, groups];
  const first = c.like(name, apart, input);
  const second = c.like(transpose.outputs[0] as string, mixed, input);
  const third = c.like(back.outputs[0] as string, input.shape, input);
  c.builder.add({ kind: "RESHAPE", shape: apart }, [input, c.builder.axes(apart)], [first]);
  c.builder.add({ kind: "TRANSPOSE" }, [first, c.builder.axes([0, 1, 2, 4, 3])], [second]);
  const whole = c.builder.axes(input.shape);
  c.builder.add({ kind: "RESHAPE", shape: input.shape }, [second, whole], [third]);
  c.takeIn(transpose, back);
}

export function flatten(c: Conversion, node: GraphNode): void {
  const input = c.value(node.inputs[0] as string);
  const [, height = 0, width = 0, channels = 0] = input.shape;
  // Elsewhere the order of NHWC would differ from that of NCHW.
  if (height !== 1 || width !== 1) throw c.refuse(node, "it flattens a feature map");
  const shape = [1, channels];
  const name = node.outputs[0] as string;
  const output = input.type === "float32" ? c.float(name, shape) : c.like(name, shape, input);
  c.builder.add({ kind: "RESHAPE", shape }, [input, c.builder.axes(shape)], [output]);
}
