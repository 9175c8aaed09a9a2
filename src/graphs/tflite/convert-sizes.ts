/** What changes the size of images, in TensorFlow Lite. */
import { type GraphNode, intOf } from "../graph.ts";
import type { Conversion } from "./conversion.ts";
import { reorder, TO_IMAGE, toOnnxShape } from "./layouts.ts";
import type { Coordinates } from "./tflite-graph.ts";

/** Positions closer than this are the same. */
const TOLERANCE = 1e-5;

export function pad(c: Conversion, node: GraphNode): void {
  const input = c.image(node, node.inputs[0] as string);
  if (textOf(node, "mode", "constant") !== "constant") throw c.refuse(node, "it repeats the image");
  if (node.inputs[3]) throw c.refuse(node, "it names axes");
  const pads = c.integers(node, "pads", 1) ?? [];
  const [before, after] = [pads.slice(0, 4), pads.slice(4)];
  const [top = 0, left = 0, bottom = 0, right = 0] = [before[2], before[3], after[2], after[3]];
  const others = [before[0], before[1], after[0], after[1]];
  if (others.some((count) => count !== 0) || Math.min(top, left, bottom, right) < 0) {
    throw c.refuse(node, "it does more than adding rows and columns");
  }
  const fill = node.inputs[2] ? c.constant(node, node.inputs[2], "float").data[0] : 0;
  const value = c.builder.pad(input, [top, left, bottom, right], fill);
  c.keep(node.outputs[0] as string, { value, layout: "image" });
}

/**
 * Converts a Resize only if every output pixel comes from the same position: ONNX has many ways to compute positions,
 * TensorFlow Lite has three.
 */
export function resize(c: Conversion, node: GraphNode): void {
  const [x = "", , scalesName = "", sizesName = ""] = node.inputs;
  const input = c.image(node, x);
  const shape = toOnnxShape(input.shape, "image");
  const mode = textOf(node, "mode", "nearest");
  if (mode !== "nearest" && mode !== "linear") throw c.refuse(node, `its mode is ${mode}`);
  if (intOf(node, "antialias", 0) !== 0) throw c.refuse(node, "it blurs");
  if (node.attributes.axes || node.attributes.keep_aspect_ratio_policy) {
    throw c.refuse(node, "it names axes or a policy");
  }
  const sizes = sizesName === "" ? undefined : c.integers(node, "sizes", 3);
  const given = scalesName === "" ? [] : [...c.constant(node, scalesName, "float").data];
  const sides = sizes ?? shape.map((side, axis) => Math.floor(side * (given[axis] ?? 1)));
  if (sides[0] !== shape[0] || sides[1] !== shape[1]) throw c.refuse(node, "it resizes channels");
  const axes = [2, 3].map((axis): Axis => {
    const [from, to] = [shape[axis] as number, sides[axis] as number];
    return { from, to, scale: sizes ? to / from : (given[axis] as number) };
  });
  const find = mode === "nearest" ? nearestPositions : linearPositions;
  const wanted = axes.map((axis) => find.onnx(c, node, axis));
  const coordinates = COORDINATES.find((way) =>
    axes.every((axis, i) => isSame(find.tflite(axis, way), wanted[i] as number[])),
  );
  if (!coordinates) throw c.refuse(node, "it takes its pixels from other positions");
  const [name = ""] = node.outputs;
  const output = c.like(name, "image", reorder(sides, TO_IMAGE), input);
  const kind = mode === "nearest" ? "RESIZE_NEAREST_NEIGHBOR" : "RESIZE_BILINEAR";
  c.builder.add({ kind, ...coordinates }, [input, c.builder.axes(sides.slice(2))], [output]);
}

const COORDINATES: readonly Coordinates[] = [
  { alignCorners: false, halfPixelCenters: true },
  { alignCorners: false, halfPixelCenters: false },
  { alignCorners: true, halfPixelCenters: false },
];

type Axis = { readonly from: number; readonly to: number; readonly scale: number };

/** Positions in the input, by output position. */
const linearPositions = {
  onnx: (c: Conversion, node: GraphNode, axis: Axis) =>
    onnxPositions(c, node, axis).map((at) => Math.min(Math.max(at, 0), axis.from - 1)),
  tflite: ({ from, to }: Axis, { alignCorners, halfPixelCenters }: Coordinates) => {
    const step = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
    const center = halfPixelCenters ? 0.5 : 0;
    return range(to).map((i) => Math.min(Math.max((i + center) * step - center, 0), from - 1));
  },
};

const nearestPositions = {
  onnx: (c: Conversion, node: GraphNode, axis: Axis) => {
    const mode = textOf(node, "nearest_mode", "round_prefer_floor");
    const round = ROUND[mode];
    if (!round) throw c.refuse(node, `its nearest_mode is ${mode}`);
    return onnxPositions(c, node, axis).map((at) =>
      Math.min(Math.max(round(at), 0), axis.from - 1),
    );
  },
  tflite: ({ from, to }: Axis, { alignCorners, halfPixelCenters }: Coordinates) => {
    const step = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
    const round = alignCorners ? Math.round : Math.floor;
    const center = halfPixelCenters ? 0.5 : 0;
    return range(to).map((i) => Math.min(round((i + center) * step), from - 1));
  },
};

const ROUND: Readonly<Record<string, (at: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (at) => Math.ceil(at - 0.5),
  round_prefer_ceil: (at) => Math.floor(at + 0.5),
};

function onnxPositions(c: Conversion, node: GraphNode, { from, to, scale }: Axis): number[] {
  const mode = textOf(node, "coordinate_transformation_mode", "half_pixel");
  const find: Readonly<Record<string, (i: number) => number>> = {
    half_pixel: (i) => (i + 0.5) / scale - 0.5,
    pytorch_half_pixel: (i) => (to > 1 ? (i + 0.5) / scale - 0.5 : 0),
    align_corners: (i) => (to > 1 ? (i * (from - 1)) / (to - 1) : 0),
    asymmetric: (i) => i / scale,
  };
  const position = find[mode];
  if (!position) throw c.refuse(node, `its coordinates are ${mode}`);
  return range(to).map(position);
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => Math.abs(value - (b[i] as number)) < TOLERANCE);
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

function textOf({ attributes }: GraphNode, name: string, fallback: string): string {
  const attribute = attributes[name];
  return attribute && "text" in attribute ? attribute.text : fallback;
}
