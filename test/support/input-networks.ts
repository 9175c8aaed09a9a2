/**
 * Small networks that differ in their inputs only: each computes what its plain twin computes of the same photo, if
 * it gets its input in its own form.
 */
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorProto_DataType } from "onnx-buf";
import {
  type Attributes,
  floats,
  type Graph,
  type GraphNode,
  makeNode,
} from "../../src/graphs/graph.ts";
import { writeModel } from "../../src/graphs/onnx/write-model.ts";
import { makeRandom } from "./made-up.ts";

export const MEAN = [0.485, 0.456, 0.406] as const;
export const STD = [0.229, 0.224, 0.225] as const;
const CLASSES = 3;

export type InputForm = {
  readonly height: number;
  readonly width: number;
  /** As tf2onnx writes it: the input in NHWC, a Transpose, then layers in NCHW. Default: nchw. */
  readonly layout?: "nchw" | "nhwc";
  readonly color?: "RGB" | "BGR";
  /** Takes 0..255 and normalises it in the graph. */
  readonly normalisesItself?: boolean;
  readonly type?: "float" | "uint8" | "float16" | "int32";
  /** Default: 1; 0 leaves it open. */
  readonly batch?: number;
  /** Whether height and width are left open. */
  readonly isOpen?: boolean;
  readonly channels?: number;
};

/** Writes a network as an ONNX file; its weights are always the same. */
export function makeInputNetwork(form: InputForm): Uint8Array {
  const { layout = "nchw", color = "RGB", type = "float", channels = 3 } = form;
  const random = makeRandom();
  const constants = new Map<
    string,
    Graph["constants"] extends ReadonlyMap<string, infer C> ? C : never
  >();
  const nodes: GraphNode[] = [];
  const add = (operator: string, inputs: string[], output: string, attributes: Attributes = {}) => {
    nodes.push(makeNode(operator, inputs, output, attributes));
    return output;
  };
  const weights = (name: string, shape: number[], scale: number) => {
    const length = shape.reduce((product, side) => product * side, 1);
    const data = Float32Array.from({ length }, () => (random() - 0.5) * 2 * scale);
    constants.set(name, floats(shape, data));
    return name;
  };
  const inOrder = (values: readonly number[]) =>
    color === "BGR" ? values.toReversed() : [...values];

  let tensor = "images";
  if (type !== "float") tensor = add("Cast", [tensor], "numbers", { to: { int: 1 } });
  if (form.normalisesItself) {
    const shape = layout === "nhwc" ? [1, 1, 1, 3] : [1, 3, 1, 1];
    constants.set(
      "mean",
      floats(
        shape,
        inOrder(MEAN).map((value) => value * 255),
      ),
    );
    constants.set(
      "std",
      floats(
        shape,
        inOrder(STD).map((value) => value * 255),
      ),
    );
    tensor = add("Div", [add("Sub", [tensor, "mean"], "centred"), "std"], "normalised");
  }
  if (layout === "nhwc") {
    tensor = add("Transpose", [tensor], "planes", { perm: { ints: [0, 3, 1, 2] } });
  }
  const first = weights("w1", [8, channels, 3, 3], 0.5);
  if (color === "BGR")
    constants.set(first, reverseChannels(constants.get(first)?.data as Float32Array));
  const conv = {
    kernel_shape: { ints: [3, 3] },
    strides: { ints: [2, 2] },
    pads: { ints: [1, 1, 1, 1] },
  };
  tensor = add("Relu", [add("Conv", [tensor, first], "c1", conv)], "r1");
  tensor = add(
    "Relu",
    [add("Conv", [tensor, weights("w2", [16, 8, 3, 3], 0.4)], "c2", conv)],
    "r2",
  );
  tensor = add("Flatten", [add("GlobalAveragePool", [tensor], "pooled")], "flat");
  add("Gemm", [tensor, weights("w3", [CLASSES, 16], 2), weights("b3", [CLASSES], 1)], "logits", {
    transB: { int: 1 },
  });
  const size = form.isOpen ? [0, 0] : [form.height, form.width];
  const dims = layout === "nhwc" ? [...size, channels] : [channels, ...size];
  const graph: Graph = {
    name: "inputs",
    opsets: { "": 13 },
    input: { name: "images", shape: [form.batch ?? 1, ...dims] },
    outputs: [{ name: "logits" }],
    nodes,
    constants,
  };
  return describeInput(writeModel(graph), type);
}

/** Of [out, 3, 3, 3] */
function reverseChannels(data: Float32Array) {
  const reversed = Float32Array.from(data, (_, i) => {
    const channel = Math.floor(i / 9) % 3;
    return data[i + (2 - 2 * channel) * 9] as number;
  });
  return floats([data.length / 27, 3, 3, 3], reversed);
}

/** Sets the element type, and leaves dimensions of 0 open. */
function describeInput(file: Uint8Array, type: NonNullable<InputForm["type"]>): Uint8Array {
  const model = fromBinary(ModelProtoSchema, file);
  const value = model.graph?.input[0]?.type?.value;
  if (value?.case !== "tensorType") throw new Error("writeModel states the type of the input.");
  value.value.elemType = {
    float: TensorProto_DataType.FLOAT,
    float16: TensorProto_DataType.FLOAT16,
    int32: TensorProto_DataType.INT32,
    uint8: TensorProto_DataType.UINT8,
  }[type];
  for (const [i, dim] of (value.value.shape?.dim ?? []).entries()) {
    if (dim.value.case === "dimValue" && dim.value.value === 0n) {
      dim.value = { case: "dimParam", value: `unk__${i}` };
    }
  }
  return toBinary(ModelProtoSchema, model);
}
