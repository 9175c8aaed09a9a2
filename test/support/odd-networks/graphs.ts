import { TensorProto_DataType } from "onnx-buf";
import { floats, integers, MICROSOFT, makeNode } from "../../../src/graphs/graph.ts";
import { writeModel } from "../../../src/graphs/onnx/write-model.ts";
import {
  byte,
  CONV,
  cast,
  ints,
  node,
  type OddNetwork,
  plain,
  replacing,
  scalar,
  softmax,
  weights,
} from "./plain-network.ts";
import { twoInputs, withIf } from "./rewrite-files.ts";

const { FLOAT } = TensorProto_DataType;
const CHANNEL = { axis: { int: 1 } };

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

/** Networks with other operators, inputs or outputs. */
export const GRAPHS: readonly OddNetwork[] = [
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
