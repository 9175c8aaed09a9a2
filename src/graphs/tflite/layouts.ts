/** The order of a tensor's axes: ONNX has images as NCHW, TensorFlow Lite as NHWC. */

/** `image`: rank 4, NHWC. `plain`: as in ONNX. */
export type Layout = "image" | "plain";

export const TO_IMAGE = [0, 2, 3, 1];
export const TO_PLAIN = [0, 3, 1, 2];

/** The axes of the image in NHWC. */
export const IMAGE_AXES = [1, 2];

/** Reorders a shape: axis `i` of the result is axis `order[i]`. */
export function reorder<Item>(items: readonly Item[], order: readonly number[]): Item[] {
  return order.map((axis) => items[axis] as Item);
}

/** The shape in ONNX of a tensor whose shape is `shape` in a layout. */
export function toOnnxShape(shape: readonly number[], layout: Layout): readonly number[] {
  return layout === "image" ? reorder(shape, TO_PLAIN) : shape;
}

/** The position of an axis of ONNX, which can be negative. */
export function toAxis(axis: number, rank: number, layout: Layout): number {
  const positive = axis < 0 ? axis + rank : axis;
  return layout === "image" ? TO_IMAGE.indexOf(positive) : positive;
}

/** Whether the values of an image are in the same order in both layouts. */
export function isSameOrder([, height = 1, width = 1, channels = 1]: readonly number[]): boolean {
  return channels === 1 || height * width === 1;
}

/** Reorders the axes of row-major values. */
export function transpose<Data extends Float32Array | Float16Array>(
  data: Data,
  shape: readonly number[],
  order: readonly number[],
): Data {
  const strides = shape.map((_, axis) =>
    shape.slice(axis + 1).reduce((product, side) => product * side, 1),
  );
  const sides = reorder(shape, order);
  const steps = reorder(strides, order);
  const at = sides.map(() => 0);
  const target = data.slice() as Data;
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    target[to] = data[from] as number;
    for (let axis = sides.length - 1; axis >= 0; axis--) {
      from += steps[axis] as number;
      at[axis] = (at[axis] as number) + 1;
      if ((at[axis] as number) < (sides[axis] as number)) break;
      from -= (steps[axis] as number) * (sides[axis] as number);
      at[axis] = 0;
    }
  }
  return target;
}
