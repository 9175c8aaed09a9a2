/** Pools and means in TensorFlow Lite. */
import { type GraphNode, intOf, intsOf } from "../graph.ts";
import type { Conversion } from "./conversion.ts";
import { quantizeTo } from "./convert-levels.ts";
import { IMAGE_AXES, toAxis } from "./layouts.ts";
import type { Value } from "./tflite-builder.ts";
import type { Stride } from "./tflite-graph.ts";
import { readWindow, type Window } from "./windows.ts";

const LOWEST_LEVEL = -128;
const LOWEST_FLOAT = -3.4028234663852886e38;

export function maxPool(c: Conversion, node: GraphNode): void {
  const input = c.image(node, node.inputs[0] as string);
  const filter = readFilter(node);
  const { padding, pads, stride, dilation, output: side } = readWindow(node, input.shape, filter);
  if (dilation.height !== 1 || dilation.width !== 1) throw c.refuse(node, "it has dilations");
  const lowest = input.type === "int8" ? LOWEST_LEVEL : LOWEST_FLOAT;
  const padded = c.builder.pad(input, pads, lowest);
  const shape = [1, side.height, side.width, input.shape[3] as number];
  const output = c.like(node.outputs[0] as string, "image", shape, input);
  c.builder.add({ kind: "MAX_POOL_2D", padding, stride, filter }, [padded], [output]);
}

export function averageFloats(c: Conversion, node: GraphNode): void {
  const input = c.image(node, node.inputs[0] as string);
  if (input.type !== "float32") throw c.refuse(node, "its input is not of float");
  const value = averageWindows(c, node, input);
  c.keep(node.outputs[0] as string, { value, layout: "image" });
}

export function averageIntegers(c: Conversion, node: GraphNode): void {
  const [x = "", , , ys = "", yz = ""] = node.inputs;
  const value = averageWindows(c, node, c.dequantised(c.image(node, x)));
  quantizeTo(c, node, value, "image", [ys, yz]);
}

export function averageAllIntegers(c: Conversion, node: GraphNode): void {
  const [x = "", , , ys = "", yz = ""] = node.inputs;
  const mean = averageImage(c, `${node.outputs[0]}.float`, c.dequantised(c.image(node, x)));
  quantizeTo(c, node, mean, "image", [ys, yz]);
}

export function averageAllFloats(c: Conversion, node: GraphNode): void {
  const input = c.image(node, node.inputs[0] as string);
  if (input.type !== "float32") throw c.refuse(node, "its input is not of float");
  const [name = ""] = node.outputs;
  c.keep(name, { value: averageImage(c, name, input), layout: "image" });
}

/** ReduceMean. */
export function averageAxes(c: Conversion, node: GraphNode): void {
  const [x = "", ...rest] = node.inputs;
  const { value, layout } = c.placed(x);
  const rank = value.shape.length;
  if (value.type !== "float32") throw c.refuse(node, "its input is not of float");
  const given = c.integers(node, "axes", rest.length > 0 ? 1 : 2) ?? value.shape.map((_, i) => i);
  const keepDims = intOf(node, "keepdims", 1) === 1;
  const named = given.map((axis) => toAxis(axis, rank, layout)).sort();
  const isWhole = layout === "image" && named.join() === IMAGE_AXES.join();
  const [name = ""] = node.outputs;
  if (layout === "image" && !keepDims && !isWhole) throw c.refuse(node, "it drops axes");
  const shape = value.shape.flatMap((side, axis) => {
    if (!named.includes(axis)) return [side];
    return keepDims ? [1] : [];
  });
  const output = c.float(name, keepDims ? layout : "plain", shape);
  c.builder.add({ kind: "MEAN", keepDims }, [value, c.builder.axes(named)], [output]);
}

function averageImage(c: Conversion, name: string, input: Value): Value {
  const [batch = 1, , , channels = 0] = input.shape;
  const output = c.builder.tensor(name, "float32", [batch, 1, 1, channels]);
  c.builder.add({ kind: "MEAN", keepDims: true }, [input, c.builder.axes(IMAGE_AXES)], [output]);
  return output;
}

function averageWindows(c: Conversion, node: GraphNode, input: Value): Value {
  const filter = readFilter(node);
  const window = readWindow(node, input.shape, filter);
  const { dilation, padding, stride, reached, output: side } = window;
  if (dilation.height !== 1 || dilation.width !== 1) throw c.refuse(node, "it has dilations");
  const counts = intOf(node, "count_include_pad", 0) === 1;
  const [name = ""] = node.outputs;
  const shape = [1, side.height, side.width, input.shape[3] as number];
  const output = c.builder.tensor(name, "float32", shape);
  const pool = { kind: "AVERAGE_POOL_2D", stride, filter } as const;
  // SAME divides by the number of pixels that are not padding, and VALID by the size of the window.
  if (!reached.some((count) => count > 0) || (padding === "SAME" && !counts)) {
    c.builder.add({ ...pool, padding }, [input], [output]);
    return output;
  }
  const padded = c.builder.pad(input, reached);
  const factors = findFactors(window, input, filter, counts);
  if (factors.every((factor) => factor === 1)) {
    c.builder.add({ ...pool, padding: "VALID" }, [padded], [output]);
    return output;
  }
  const means = c.builder.tensor(`${name}.means`, "float32", shape);
  c.builder.add({ ...pool, padding: "VALID" }, [padded], [means]);
  const sides = [1, side.height, side.width, 1];
  const constant = c.builder.constant(`${name}.factors`, "float32", sides, factors);
  c.builder.add({ kind: "MUL", activation: "NONE" }, [means, constant], [output]);
  return output;
}

/** For each window, its size divided by the number of pixels that ONNX counts, [h, w]. */
function findFactors(
  { stride, reached, onnxPads, output }: Window,
  { shape: [, height = 0, width = 0] }: Value,
  filter: Stride,
  counts: boolean,
): Float32Array {
  const along = (
    length: number,
    step: number,
    reach: number,
    before: number,
    from: number,
    to: number,
  ) =>
    Array.from({ length }, (_, i) => {
      const start = i * step - before;
      return reach / (Math.min(start + reach, to) - Math.max(start, from));
    });
  const [top, left, bottom, right] = counts ? onnxPads : [0, 0, 0, 0];
  const rows = along(
    output.height,
    stride.height,
    filter.height,
    reached[0],
    -top,
    height + bottom,
  );
  const columns = along(output.width, stride.width, filter.width, reached[1], -left, width + right);
  return Float32Array.from(rows.flatMap((row) => columns.map((column) => row * column)));
}

function readFilter(node: GraphNode): Stride {
  const [height = 1, width = 1] = intsOf(node, "kernel_shape") ?? [];
  return { height, width };
}
