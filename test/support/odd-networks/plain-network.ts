/** The network that the odd ones are made from, and ways to change it. */
import {
  type Attributes,
  type Constant,
  floats,
  type Graph,
  type GraphNode,
  MICROSOFT,
  makeNode,
} from "../../../src/graphs/graph.ts";
import { writeModel } from "../../../src/graphs/onnx/write-model.ts";
import { makeRandom } from "../made-up.ts";

export const ODD_SIZE = 32;
export const ODD_CLASSES = 10;

export type OddNetwork = {
  readonly name: string;
  readonly make: () => Uint8Array;
  /** Files that must be beside it. */
  readonly beside?: () => ReadonlyMap<string, Uint8Array>;
  /** Further options of model pull. */
  readonly options?: readonly string[];
} & (
  | {
      /** What pull says about it; an empty list if it is taken as it is. */
      readonly notes: readonly string[];
      readonly quantized?: boolean;
      /** Whether it computes something else than {@link plain}. */
      readonly differs?: boolean;
      /** How far its probabilities may be from those of {@link plain}. */
      readonly tolerance?: number;
    }
  | { readonly code: string; readonly cause: RegExp; readonly fix: RegExp }
);

export const ints = (list: readonly number[]) => ({ ints: list });
export const node = makeNode;

export function weights(shape: readonly number[], scale: number): Constant {
  const length = shape.reduce((product, side) => product * side, 1);
  const random = makeRandom();
  for (let i = 0; i < length % 97; i++) random();
  return floats(
    shape,
    Float32Array.from({ length }, () => (random() - 0.5) * 2 * scale),
  );
}

export const CONV: Attributes = {
  kernel_shape: ints([3, 3]),
  pads: ints([1, 1, 1, 1]),
  strides: ints([2, 2]),
};

/** Two convolutions, a mean and a linear layer, with the output `scores`. */
export function plain(): Graph {
  return {
    name: "odd",
    opsets: { "": 17 },
    input: { name: "image", shape: [1, 3, ODD_SIZE, ODD_SIZE] },
    outputs: [{ name: "scores", shape: [1, ODD_CLASSES] }],
    nodes: [
      node("Conv", ["image", "w1", "b1"], "c1", CONV),
      node("Relu", ["c1"], "r1"),
      node("Conv", ["r1", "w2"], "c2", CONV),
      node("Relu", ["c2"], "r2"),
      node("GlobalAveragePool", ["r2"], "pooled"),
      node("Flatten", ["pooled"], "flat", { axis: { int: 1 } }),
      node("Gemm", ["flat", "fc", "fcb"], "scores", { transB: { int: 1 } }),
    ],
    constants: new Map([
      ["w1", weights([8, 3, 3, 3], 0.5)],
      ["b1", weights([8], 0.5)],
      ["w2", weights([16, 8, 3, 3], 0.4)],
      ["fc", weights([ODD_CLASSES, 16], 1)],
      ["fcb", weights([ODD_CLASSES], 1)],
    ]),
  };
}

export const makePlain = (): Uint8Array => writeModel(plain());

/** With nodes after the scores, and their last output as the output. */
export function ending(
  nodes: readonly GraphNode[],
  constants: Record<string, Constant> = {},
): () => Uint8Array {
  return () => {
    const graph = plain();
    return writeModel({
      ...graph,
      opsets: { "": 17, [MICROSOFT]: 1 },
      nodes: [...graph.nodes, ...nodes],
      outputs: [{ name: nodes.at(-1)?.outputs[0] as string }],
      constants: new Map([...graph.constants, ...Object.entries(constants)]),
    });
  };
}

/** With some nodes replaced, by the name of their output. */
export function replacing(
  replace: Readonly<Record<string, readonly GraphNode[]>>,
  constants: Record<string, Constant> = {},
): () => Uint8Array {
  return () => {
    const graph = plain();
    return writeModel({
      ...graph,
      opsets: { "": 17, [MICROSOFT]: 1, "org.example": 1 },
      nodes: graph.nodes.flatMap((old) => replace[old.outputs[0] as string] ?? [old]),
      constants: new Map([...graph.constants, ...Object.entries(constants)]),
    });
  };
}

export const scalar = (value: number): Constant => floats([], [value]);
export const byte = (value: number): Constant => ({
  type: "uint8",
  shape: [],
  data: Uint8Array.of(value),
});
export const softmax = (axis: number, input = "scores", output = "probabilities") =>
  node("Softmax", [input], output, { axis: { int: axis } });
export const cast = (input: string, output: string, to: number) =>
  node("Cast", [input], output, { to: { int: to } });
