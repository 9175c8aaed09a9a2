import { TensorProto_DataType } from "onnx-buf";
import { floats, integers, MICROSOFT, makeNode } from "../../../src/graphs/graph.ts";
import {
  byte,
  CONV,
  cast,
  ending,
  makePlain,
  node,
  ODD_CLASSES,
  type OddNetwork,
  replacing,
  scalar,
  softmax,
} from "./plain-network.ts";

const { FLOAT } = TensorProto_DataType;
const REMOVED = "the Softmax at the end was removed";
const LOG_ADDED = "a logarithm was added at the end, because the network gives probabilities";

/** Networks that end in other things than logits. */
export const ENDINGS: readonly OddNetwork[] = [
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
];
