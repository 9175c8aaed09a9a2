/**
 * Networks in the forms in which other people's exporters and tools write them. Unless a row says otherwise,
 * each answers like {@link plain}.
 */
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  ModelProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
} from "onnx-buf";
import {
  type Attributes,
  type Constant,
  floats,
  type Graph,
  type GraphNode,
  integers,
  MICROSOFT,
  makeNode,
} from "../../src/graphs/graph.ts";
import { writeModel } from "../../src/graphs/onnx/write-model.ts";
import { makeRandom } from "./made-up.ts";

export const ODD_SIZE = 32;
export const ODD_CLASSES = 10;
const { FLOAT, FLOAT16, DOUBLE, BFLOAT16 } = TensorProto_DataType;

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

const ints = (list: readonly number[]) => ({ ints: list });
const node = makeNode;

function weights(shape: readonly number[], scale: number): Constant {
  const length = shape.reduce((product, side) => product * side, 1);
  const random = makeRandom();
  for (let i = 0; i < length % 97; i++) random();
  return floats(
    shape,
    Float32Array.from({ length }, () => (random() - 0.5) * 2 * scale),
  );
}

const CONV: Attributes = {
  kernel_shape: ints([3, 3]),
  pads: ints([1, 1, 1, 1]),
  strides: ints([2, 2]),
};

/** Two convolutions, a mean and a linear layer, with the output `scores`. */
function plain(): Graph {
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
function ending(
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
function replacing(
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

const scalar = (value: number): Constant => floats([], [value]);
const byte = (value: number): Constant => ({
  type: "uint8",
  shape: [],
  data: Uint8Array.of(value),
});
const softmax = (axis: number, input = "scores", output = "probabilities") =>
  node("Softmax", [input], output, { axis: { int: axis } });
const cast = (input: string, output: string, to: number) =>
  node("Cast", [input], output, { to: { int: to } });

const REMOVED = "the Softmax at the end was removed";
const LOG_ADDED = "a logarithm was added at the end, because the network gives probabilities";

/** Stores the tensors of a model as another type, and makes `float32` inputs and outputs that type too. */
function retyped(
  file: Uint8Array,
  type: TensorProto_DataType,
  encode: (values: Float32Array) => Uint8Array<ArrayBuffer>,
  retypeInput: boolean,
): Uint8Array {
  const model = fromBinary(ModelProtoSchema, file);
  for (const tensor of model.graph?.initializer ?? []) {
    if (tensor.dataType !== FLOAT) continue;
    tensor.rawData = encode(new Float32Array(tensor.rawData.slice().buffer));
    tensor.dataType = type;
  }
  for (const { type: value } of retypeInput
    ? [...(model.graph?.input ?? []), ...(model.graph?.output ?? [])]
    : []) {
    if (value?.value.case === "tensorType") value.value.value.elemType = type;
  }
  return toBinary(ModelProtoSchema, model);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
const halves = (values: Float32Array) => bytesOf(Float16Array.from(values));
const doubles = (values: Float32Array) => bytesOf(Float64Array.from(values));
const upperHalves = (values: Float32Array) =>
  bytesOf(Uint16Array.from(new Uint32Array(values.slice().buffer), (bits) => bits >>> 16));

/** Half precision inside, float32 outside, as converters write it with keep_io_types. */
function keepIo(): Uint8Array {
  const graph = plain();
  const inner = graph.nodes.map((old) => ({
    ...old,
    inputs: old.inputs.map((name) => (name === "image" ? "image16" : name)),
    outputs: old.outputs.map((name) => (name === "scores" ? "scores16" : name)),
  }));
  const nodes = [cast("image", "image16", FLOAT16), ...inner, cast("scores16", "scores", FLOAT)];
  return retyped(writeModel({ ...graph, nodes }), FLOAT16, halves, false);
}

/** Moves the tensors to another file. */
function external(location: string): { file: Uint8Array; data: Uint8Array } {
  const model = fromBinary(ModelProtoSchema, makePlain());
  const parts: Uint8Array[] = [];
  let offset = 0;
  const move = (tensor: TensorProto) => {
    const { rawData } = tensor;
    const entries = { location, offset: String(offset), length: String(rawData.byteLength) };
    parts.push(rawData);
    offset += rawData.byteLength;
    tensor.rawData = new Uint8Array();
    tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
    tensor.externalData = Object.entries(entries).map(([key, value]) => ({
      $typeName: "onnx.StringStringEntryProto" as const,
      key,
      value,
    }));
  };
  for (const tensor of model.graph?.initializer ?? []) move(tensor);
  return { file: toBinary(ModelProtoSchema, model), data: Buffer.concat(parts) };
}

const externalRow = (name: string, location: string): OddNetwork => ({
  name,
  make: () => external(location).file,
  beside: () => new Map([[location, external(location).data]]),
  notes: [],
});

function sameNodeNames(): Uint8Array {
  const model = fromBinary(ModelProtoSchema, makePlain());
  for (const each of model.graph?.node ?? []) each.name = "node";
  return toBinary(ModelProtoSchema, model);
}

function twoInputs(): Uint8Array {
  const graph = plain();
  const file = writeModel({ ...graph, nodes: [...graph.nodes] });
  const model = fromBinary(ModelProtoSchema, file);
  const [first] = model.graph?.input ?? [];
  if (first) model.graph?.input.push({ ...first, name: "keep_prob" });
  return toBinary(ModelProtoSchema, model);
}

/** A condition with a graph for each case. */
function withIf(): Uint8Array {
  const model = fromBinary(
    ModelProtoSchema,
    replacing({ r1: [node("If", ["c1"], "r1", { branch: { int: 0 } })] })(),
  );
  for (const { attribute, opType } of model.graph?.node ?? []) {
    if (opType === "If" && attribute[0]) attribute[0].type = 5;
  }
  return toBinary(ModelProtoSchema, model);
}

function outputs(names: readonly string[]): () => Uint8Array {
  return () => {
    const graph = plain();
    const aux = node("Gemm", ["flat", "fc"], "aux", { transB: { int: 1 } });
    return writeModel({
      ...graph,
      nodes: [...graph.nodes, aux, softmax(1)],
      outputs: names.map((name) => ({ name })),
    });
  };
}

const CHANNEL = { axis: { int: 1 } };

export const ODD_NETWORKS: readonly OddNetwork[] = [
  { name: "plain", make: makePlain, notes: [] },
  { name: "end-softmax", make: ending([softmax(1)]), notes: [REMOVED] },
  { name: "end-softmax-last-axis", make: ending([softmax(-1)]), notes: [REMOVED] },
  {
    name: "end-log-softmax",
    make: ending([node("LogSoftmax", ["scores"], "out", { axis: { int: -1 } })]),
    notes: ["the LogSoftmax at the end was removed"],
  },
  {
    name: "end-softmax-squeezed",
    make: ending([softmax(1), node("Squeeze", ["probabilities", "zero"], "out")], {
      zero: integers([0]),
    }),
    notes: [REMOVED],
  },
  {
    name: "end-softmax-in-four-dimensions",
    make: ending([node("Reshape", ["scores", "shape"], "four"), softmax(1, "four")], {
      shape: integers([1, ODD_CLASSES, 1, 1]),
    }),
    notes: [REMOVED],
  },
  {
    name: "end-softmax-behind-others",
    make: ending(
      [
        softmax(1),
        node("Identity", ["probabilities"], "same"),
        node("Reshape", ["same", "shape"], "reshaped"),
        cast("reshaped", "out", FLOAT),
      ],
      { shape: integers([1, -1]) },
    ),
    notes: [REMOVED],
  },
  {
    name: "end-softmax-percent",
    make: ending([softmax(1), node("Mul", ["probabilities", "hundred"], "out")], {
      hundred: scalar(100),
    }),
    notes: [REMOVED],
  },
  {
    name: "end-log-of-softmax",
    make: ending([softmax(1), node("Log", ["probabilities"], "out")]),
    notes: [REMOVED],
  },
  {
    name: "end-log-of-clipped-softmax",
    make: ending(
      [
        softmax(1),
        node("Clip", ["probabilities", "least"], "clipped"),
        node("Add", ["clipped", "least"], "sum"),
        node("Log", ["sum"], "out"),
      ],
      { least: scalar(1e-7) },
    ),
    notes: [REMOVED],
  },
  {
    name: "not-a-number",
    make: replacing(
      { c1: [node("Conv", ["image", "w1", "nan"], "c1", CONV)] },
      {
        nan: floats([8], new Float32Array(8).fill(Number.NaN)),
      },
    ),
    code: "GRAPH_NOT_FINITE",
    cause: /not numbers/,
    fix: /another file/,
  },
  {
    name: "end-softmax-by-hand",
    make: ending(
      [
        node("Exp", ["scores"], "exp"),
        node("ReduceSum", ["exp", "axes"], "sum", { keepdims: { int: 1 } }),
        node("Div", ["exp", "sum"], "out"),
      ],
      { axes: integers([1]) },
    ),
    notes: [LOG_ADDED],
  },
  {
    name: "end-softmax-quantised",
    make: ending(
      [
        softmax(1),
        node("QuantizeLinear", ["probabilities", "step", "zero"], "levels"),
        node("DequantizeLinear", ["levels", "step", "zero"], "out"),
      ],
      { step: scalar(1 / 256), zero: byte(0) },
    ),
    notes: [REMOVED],
    quantized: true,
  },
  {
    name: "end-qlinear-softmax",
    make: ending(
      [
        node("QuantizeLinear", ["scores", "in_step", "in_zero"], "in_levels"),
        makeNode(
          "QLinearSoftmax",
          ["in_levels", "in_step", "in_zero", "step", "zero"],
          "levels",
          { axis: { int: 1 }, opset: { int: 13 } },
          MICROSOFT,
        ),
        node("DequantizeLinear", ["levels", "step", "zero"], "out"),
      ],
      { in_step: scalar(1 / 16), in_zero: byte(128), step: scalar(1 / 256), zero: byte(0) },
    ),
    notes: ["the QLinearSoftmax at the end was removed"],
    quantized: true,
    tolerance: 0.05,
  },
  {
    name: "end-sigmoid",
    make: ending([node("Sigmoid", ["scores"], "out")]),
    code: "GRAPH_NOT_CLASSIFIER",
    cause: /ends in Sigmoid.*multi-label/,
    fix: /softmax/,
  },
  {
    name: "end-sigmoid-behind-others",
    make: ending([node("Sigmoid", ["scores"], "s"), node("Identity", ["s"], "out")]),
    code: "GRAPH_NOT_CLASSIFIER",
    cause: /ends in Sigmoid/,
    fix: /softmax/,
  },
  {
    name: "end-argmax",
    make: ending([node("ArgMax", ["scores"], "out", { axis: { int: 1 } })]),
    code: "GRAPH_NOT_CLASSIFIER",
    cause: /type int64 and the shape \[1, 1\]/,
    fix: /--output/,
  },
  {
    name: "fp16-keepio",
    make: keepIo,
    notes: ["weights in half precision were converted to float32"],
    tolerance: 0.01,
  },
  {
    name: "fp16",
    make: () => retyped(makePlain(), FLOAT16, halves, true),
    notes: ["float16 was converted to float32"],
    tolerance: 0.01,
  },
  {
    name: "double",
    make: () => retyped(makePlain(), DOUBLE, doubles, true),
    notes: ["double was converted to float32"],
  },
  {
    name: "bfloat16",
    make: () => retyped(makePlain(), BFLOAT16, upperHalves, true),
    notes: ["bfloat16 was converted to float32"],
    tolerance: 0.05,
  },
  externalRow("external-data", "external-data.onnx.data"),
  externalRow("external-data-in-folder", "weights/all of them.bin"),
  {
    name: "external-data-missing",
    make: () => external("gone.bin").file,
    code: "FILE_UNREADABLE",
    cause: /gone\.bin/,
    fix: /external_data=False/,
  },
  {
    name: "external-data-short",
    make: () => external("short.bin").file,
    beside: () => new Map([["short.bin", new Uint8Array(10)]]),
    code: "GRAPH_UNREADABLE",
    cause: /has 10 bytes/,
    fix: /same export/,
  },
  ...["../secret.bin", "/etc/passwd", "a/../../b", "C:\\secret", "..\\b"].map(
    (location): OddNetwork => ({
      name: `external-data-at${location.replace(/[^a-z]+/gi, "-").toLowerCase()}`,
      make: () => external(location).file,
      code: "GRAPH_UNSUPPORTED",
      cause: /not in the folder of the model/,
      fix: /beside the model/,
    }),
  ),
  {
    name: "same-node-names",
    make: sameNodeNames,
    notes: ["the file was rewritten in a form that ONNX Runtime loads"],
  },
  {
    name: "ort-extended",
    make: replacing({
      c1: [],
      r1: [
        makeNode(
          "FusedConv",
          ["image", "w1", "b1"],
          "r1",
          { ...CONV, activation: { text: "Relu" } },
          MICROSOFT,
        ),
      ],
    }),
    notes: ["operators that ONNX Runtime had fused were separated"],
  },
  {
    name: "quant-qdq",
    make: replacing(
      {
        r1: [
          node("Relu", ["c1"], "r1f"),
          node("QuantizeLinear", ["r1f", "step", "zero"], "r1q"),
          node("DequantizeLinear", ["r1q", "step", "zero"], "r1"),
        ],
      },
      { step: scalar(0.04), zero: byte(0) },
    ),
    notes: [],
    quantized: true,
    tolerance: 0.1,
  },
  {
    name: "quant-dynamic",
    make: replacing(
      {
        c2: [
          {
            ...node("DynamicQuantizeLinear", ["r1"], ""),
            outputs: ["r1q", "r1step", "r1zero"],
          },
          node("ConvInteger", ["r1q", "w2q", "r1zero"], "c2i", CONV),
          cast("c2i", "c2f", FLOAT),
          node("Mul", ["r1step", "w2step"], "c2step"),
          node("Mul", ["c2f", "c2step"], "c2"),
        ],
      },
      {
        w2step: scalar(0.4 / 127),
        w2q: {
          type: "int8",
          shape: [16, 8, 3, 3],
          data: Int8Array.from(
            (weights([16, 8, 3, 3], 0.4).data as Float32Array).map((v) =>
              Math.round(v / (0.4 / 127)),
            ),
          ),
        },
      },
    ),
    notes: [],
    quantized: true,
    tolerance: 0.1,
  },
  {
    name: "aux-output-first",
    make: outputs(["aux", "scores"]),
    code: "OPTION_INVALID",
    cause: /Several .*aux \[1, 10\], scores \[1, 10\]/,
    fix: /--output scores/,
  },
  {
    name: "aux-output-named",
    make: outputs(["aux", "scores"]),
    options: ["--output", "scores"],
    notes: [],
  },
  {
    name: "output-unknown",
    make: outputs(["aux", "scores"]),
    options: ["--output", "nonesuch"],
    code: "OPTION_INVALID",
    cause: /no output nonesuch, but aux, scores/,
    fix: /--output aux/,
  },
  { name: "features-first", make: outputs(["r2", "scores"]), notes: [] },
  { name: "softmax-and-logits", make: outputs(["probabilities", "scores"]), notes: [] },
  {
    name: "features-only",
    make: outputs(["r2", "pooled"]),
    code: "OPTION_INVALID",
    cause: /None .*r2 \[1, 16, 8, 8\], pooled \[1, 16, 1, 1\]/,
    fix: /--output NAME/,
  },
  {
    name: "training-dropout",
    make: replacing(
      {
        flat: [
          node("Flatten", ["pooled"], "kept", CHANNEL),
          node("Dropout", ["kept", "ratio", "training"], "flat"),
        ],
      },
      { ratio: scalar(0.2), training: { type: "bool", shape: [], data: Uint8Array.of(1) } },
    ),
    code: "GRAPH_UNSUPPORTED",
    cause: /Dropout works as in training/,
    fix: /model\.eval\(\)/,
  },
  {
    name: "two-inputs",
    make: twoInputs,
    code: "GRAPH_UNSUPPORTED",
    cause: /2 inputs: image, keep_prob/,
    fix: /forward\(\)/,
  },
  {
    name: "branches",
    make: withIf,
    code: "GRAPH_UNSUPPORTED",
    cause: /an If, which contains graphs/,
    fix: /fixed image size/,
  },
  {
    name: "custom-operator",
    make: replacing({ r1: [makeNode("Magic", ["c1"], "r1", {}, "org.example")] }),
    code: "GRAPH_REFUSED",
    cause: /Magic/,
    fix: /operators of ONNX only.*org\.example\.Magic/,
  },
  {
    name: "bgr-in-graph",
    make: replacing(
      {
        c1: [
          node("Gather", ["image", "order"], "bgr", CHANNEL),
          node("Conv", ["bgr", "w1", "b1"], "c1", CONV),
        ],
      },
      { order: integers([2, 1, 0]) },
    ),
    notes: [],
    differs: true,
  },
  {
    name: "pre-255",
    make: replacing(
      {
        c1: [
          node("Mul", ["image", "scale"], "scaled"),
          node("Sub", ["scaled", "mean"], "centred"),
          node("Conv", ["centred", "w1", "b1"], "c1", CONV),
        ],
      },
      { scale: scalar(1 / 255), mean: floats([1, 3, 1, 1], [0.4, 0.5, 0.6]) },
    ),
    notes: [],
    differs: true,
  },
  {
    name: "pads-asym",
    make: replacing({
      c1: [node("Conv", ["image", "w1", "b1"], "c1", { ...CONV, pads: ints([0, 1, 1, 0]) })],
    }),
    notes: [],
    differs: true,
  },
];
