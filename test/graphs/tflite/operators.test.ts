/** Each operator that the quantiser emits, in LiteRT beside ONNX Runtime, in both formats. */
import { describe, expect, it } from "vitest";
import { startNodeRuntime } from "../../../cli/platform/node-runtime.ts";
import {
  type Attributes,
  type Constant,
  floats,
  type Graph,
  type GraphNode,
  integers,
  makeNode,
} from "../../../src/graphs/graph.ts";
import { explainInconvertible } from "../../../src/graphs/tflite/convert-graph.ts";
import { FORMATS } from "../../../src/quantize/emit/emit-graph.ts";
import { calibrateNetwork, quantizeNetwork } from "../../../src/quantize/quantize-network.ts";
import { each, makeImages, makeRandom } from "../../support/made-up.ts";
import { largest, largestDifference, runBothEngines } from "../../support/run-both-engines.ts";

const runtime = await startNodeRuntime();
const SIDE = 9;
const CHANNELS = 8;
const IMAGES = makeImages(2, SIDE);

/** Builds what comes between two convolutions. */
class Middle {
  readonly nodes: GraphNode[] = [];
  readonly constants = new Map<string, Constant>();
  readonly #random = makeRandom();
  #count = 0;

  add(operator: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const name = `t${this.#count++}`;
    this.nodes.push(makeNode(operator, inputs, name, attributes));
    return name;
  }

  split(input: string, sizes: readonly number[]): string[] {
    const outputs = sizes.map(() => `t${this.#count++}`);
    const node = makeNode("Split", [input, this.integers(sizes)], "", { axis: { int: 1 } });
    this.nodes.push({ ...node, outputs });
    return outputs;
  }

  floats(shape: readonly number[], spread = 1): string {
    const length = shape.reduce((product, side) => product * side, 1);
    const data = Float32Array.from({ length }, () => (this.#random() - 0.5) * spread);
    return this.keep(floats(shape, data));
  }

  number(value: number): string {
    return this.keep(floats([], [value]));
  }

  integers(values: readonly number[]): string {
    return this.keep(integers(values));
  }

  keep(constant: Constant): string {
    const name = `c${this.#count++}`;
    this.constants.set(name, constant);
    return name;
  }

  convolve(
    input: string,
    [into, out]: readonly [number, number],
    kernel = 1,
    more: Attributes = {},
  ) {
    const group = more.group && "int" in more.group ? more.group.int : 1;
    const weight = this.floats([out, into / group, kernel, kernel], 2 / Math.sqrt(into / group));
    return this.add("Conv", [input, weight, this.floats([out])], more);
  }
}

const ints = (...values: number[]) => ({ ints: values });
const POOL = { kernel_shape: ints(3, 3), strides: ints(2, 2) };
const PADDED = { ...POOL, pads: ints(1, 1, 1, 1) };
const ODD = { kernel_shape: ints(2, 3), strides: ints(2, 2), pads: ints(1, 0, 0, 2) };
const CEIL = { ceil_mode: { int: 1 } };
const COUNTED = { count_include_pad: { int: 1 } };
const text = (value: string) => ({ text: value });

type Build = (m: Middle, x: string) => string;

const conv = (attributes: Attributes, out = CHANNELS, kernel = 3): Build => {
  return (m, x) => m.convolve(x, [CHANNELS, out], kernel, attributes);
};
const alone = (operator: string, attributes: Attributes = {}): Build => {
  return (m, x) => m.add(operator, [x], attributes);
};
const resize = (scale: number, attributes: Attributes): Build => {
  return (m, x) => {
    const scales = m.keep(floats([4], [1, 1, scale, scale]));
    return m.add("Resize", [x, "", scales], attributes);
  };
};

const CASES: Readonly<Record<string, Build>> = {
  "Conv, padded": conv({ pads: ints(1, 1, 1, 1) }),
  "Conv, padded on two sides, strides": conv({ pads: ints(0, 0, 1, 1), strides: ints(2, 2) }),
  "Conv, padded unevenly": conv({ pads: ints(2, 0, 1, 1), strides: ints(2, 1) }),
  "Conv, dilated": conv({ pads: ints(2, 2, 2, 2), dilations: ints(2, 2) }),
  "Conv, SAME_UPPER": conv({ auto_pad: text("SAME_UPPER"), strides: ints(2, 2) }),
  "Conv, SAME_LOWER": conv({ auto_pad: text("SAME_LOWER"), strides: ints(2, 2) }, CHANNELS, 2),
  "Conv, depthwise": conv({ group: { int: CHANNELS }, pads: ints(1, 1, 1, 1) }),
  "Conv, depthwise with two outputs a channel": conv({ group: { int: CHANNELS } }, 2 * CHANNELS),
  "Conv, two groups": conv({ group: { int: 2 }, pads: ints(1, 1, 1, 1) }),
  Add: (m, x) => m.add("Add", [x, m.convolve(x, [CHANNELS, CHANNELS])]),
  "Add, with broadcasting": (m, x) => m.add("Add", [m.add("GlobalAveragePool", [x]), x]),
  "Add, Relu": (m, x) => m.add("Relu", [m.add("Add", [x, m.convolve(x, [CHANNELS, CHANNELS])])]),
  "Add of a constant": (m, x) => m.add("Add", [x, m.floats([CHANNELS, 1, 1])]),
  "Sub, Div": (m, x) => m.add("Div", [m.add("Sub", [x, m.floats([1, SIDE])]), m.number(3)]),
  "squeeze and excite": (m, x) => {
    const squeezed = m.convolve(m.add("GlobalAveragePool", [x]), [CHANNELS, 2]);
    const excited = m.convolve(m.add("Relu", [squeezed]), [2, CHANNELS]);
    return m.add("Mul", [m.add("Sigmoid", [excited]), x]);
  },
  HardSwish: alone("HardSwish"),
  HardSigmoid: alone("HardSigmoid", { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
  Sigmoid: alone("Sigmoid"),
  Tanh: alone("Tanh"),
  Relu: alone("Relu"),
  "Clip to 6": (m, x) => m.add("Clip", [x, m.number(0), m.number(6)]),
  "Clip to -0.5 and 1": (m, x) => m.add("Clip", [x, m.number(-0.5), m.number(1)]),
  "Clip from below": (m, x) => m.add("Clip", [x, m.number(-0.25)]),
  BatchNormalization: (m, x) => {
    const variance = m.keep(floats([CHANNELS], new Array<number>(CHANNELS).fill(0.7)));
    const others = [1, 2, 3].map(() => m.floats([CHANNELS]));
    return m.add("BatchNormalization", [m.add("Tanh", [x]), ...others, variance]);
  },
  "Concat of channels": (m, x) =>
    m.add("Concat", [x, m.convolve(x, [CHANNELS, 3])], { axis: { int: 1 } }),
  "Concat of columns": (m, x) => m.add("Concat", [x, x], { axis: { int: -1 } }),
  "Split into equal parts": (m, x) => m.add("Add", m.split(x, [4, 4])),
  "Split into other parts": (m, x) => m.split(x, [3, 5])[1] as string,
  "Slice of channels": (m, x) =>
    m.add("Slice", [x, ...[[1], [7], [1], [2]].map((list) => m.integers(list))]),
  "Slice of rows and columns": (m, x) =>
    m.add("Slice", [
      x,
      ...[
        [-6, 0],
        [1000, -2],
        [2, 3],
      ].map((list) => m.integers(list)),
    ]),
  "channel shuffle": (m, x) => {
    const apart = m.add("Reshape", [x, m.integers([0, 2, 4, SIDE, SIDE])]);
    const turned = m.add("Transpose", [apart], { perm: ints(0, 2, 1, 3, 4) });
    return m.add("Reshape", [turned, m.integers([1, -1, SIDE, SIDE])]);
  },
  "Reshape of an image": (m, x) => m.add("Reshape", [x, m.integers([1, 3 * CHANNELS, 3, -1])]),
  Transpose: alone("Transpose", { perm: ints(0, 1, 3, 2) }),
  "Transpose to NHWC and back": (m, x) => {
    const turned = m.add("Transpose", [x], { perm: ints(0, 2, 3, 1) });
    return m.add("Transpose", [m.add("Relu", [turned])], { perm: ints(0, 3, 1, 2) });
  },
  "Squeeze and Unsqueeze": (m, x) => {
    const pooled = m.add("GlobalAveragePool", [x]);
    const flat = m.add("Squeeze", [pooled, m.integers([2, -1])]);
    return m.add("Unsqueeze", [flat, m.integers([2, 3])]);
  },
  MaxPool: alone("MaxPool", PADDED),
  "MaxPool, padded unevenly": alone("MaxPool", ODD),
  "MaxPool, ceil_mode": alone("MaxPool", { ...POOL, ...CEIL, kernel_shape: ints(2, 2) }),
  AveragePool: alone("AveragePool", POOL),
  "AveragePool, padded": alone("AveragePool", PADDED),
  "AveragePool, padded unevenly": alone("AveragePool", ODD),
  "AveragePool, padding counted": alone("AveragePool", { ...PADDED, ...COUNTED }),
  "AveragePool, ceil_mode": alone("AveragePool", { ...PADDED, ...CEIL, kernel_shape: ints(4, 4) }),
  "AveragePool, ceil_mode, padding counted": alone("AveragePool", {
    ...PADDED,
    ...CEIL,
    ...COUNTED,
    kernel_shape: ints(4, 4),
  }),
  GlobalAveragePool: alone("GlobalAveragePool"),
  ReduceMean: alone("ReduceMean", { axes: ints(2, 3) }),
  "ReduceMean of channels": alone("ReduceMean", { axes: ints(1) }),
  "Pad with 0": (m, x) => m.add("Pad", [x, m.integers([0, 0, 1, 2, 0, 0, 0, 1])]),
  "Pad with a value": (m, x) =>
    m.add("Pad", [x, m.integers([0, 0, 1, 2, 0, 0, 0, 1]), m.number(-1.5)]),
  "Resize, nearest, asymmetric": resize(2, {
    coordinate_transformation_mode: text("asymmetric"),
    nearest_mode: text("floor"),
  }),
  "Resize, nearest, half_pixel": resize(3, {}),
  "Resize, linear, half_pixel": resize(2, { mode: text("linear") }),
  "Resize, linear, align_corners": (m, x) =>
    m.add("Resize", [x, "", "", m.integers([1, CHANNELS, 13, 5])], {
      mode: text("linear"),
      coordinate_transformation_mode: text("align_corners"),
    }),
  "Resize, linear, asymmetric": resize(2, {
    mode: text("linear"),
    coordinate_transformation_mode: text("asymmetric"),
  }),
};

/** The channels of results that do not have those of the input. */
const OTHER_CHANNELS: Readonly<Record<string, number>> = {
  "Conv, depthwise with two outputs a channel": 2 * CHANNELS,
  "Concat of channels": CHANNELS + 3,
  "Split into equal parts": 4,
  "Split into other parts": 5,
  "Slice of channels": 3,
  "Reshape of an image": 3 * CHANNELS,
  "ReduceMean of channels": 1,
};

/** The operator between two layers, if possible on integers, and again at the end, in float. */
function makeGraph(title: string, build: Build): Graph {
  const m = new Middle();
  const first = m.convolve("input", [3, CHANNELS], 3, { pads: ints(1, 1, 1, 1) });
  const between = build(m, first);
  const last = m.convolve(between, [OTHER_CHANNELS[title] ?? CHANNELS, 4]);
  const flat = m.add("Flatten", [last]);
  const end = build(m, first);
  return {
    name: "operator",
    opsets: { "": 14 },
    input: { name: "input", shape: [1, 3, SIDE, SIDE] },
    outputs: [between, flat, end].map((name) => ({ name })),
    nodes: m.nodes,
    constants: m.constants,
  };
}

async function quantise(graph: Graph, format: (typeof FORMATS)[number]): Promise<Graph> {
  const network = {
    graph,
    head: undefined,
    classes: 0,
    floatTensors: new Set<string>(),
    notes: [],
  };
  const calibrated = await calibrateNetwork(runtime, network, each(IMAGES), () => {});
  return quantizeNetwork(calibrated, { method: "minmax", format });
}

/** Integers are equal; float operators differ in the order of their sums. */
const TOLERANCE = 1e-5;
/** Means of two levels lie halfway between levels, so the order of the sums decides about a level of the next layer. */
const TOLERANCES: Readonly<Record<string, number>> = { "Resize, linear, asymmetric": 0.02 };

describe.each(FORMATS)("%s", (format) => {
  it.each(Object.entries(CASES))("%s", async (title, build) => {
    const graph = await quantise(makeGraph(title, build), format);
    const { expected, actual } = await runBothEngines(graph, IMAGES);
    for (const [i, outputs] of expected.entries()) {
      for (const [name, tensor] of Object.entries(outputs)) {
        const other = actual[i]?.[name];
        expect(other?.shape).toEqual(tensor.shape);
        const tolerance = TOLERANCES[title] ?? TOLERANCE;
        expect(largestDifference(tensor, other)).toBeLessThan(
          tolerance * Math.max(1, largest(tensor)),
        );
      }
    }
  });
});

const REFUSED: Readonly<Record<string, readonly [build: Build, reason: RegExp]>> = {
  "Resize, cubic": [resize(2, { mode: text("cubic") }), /Resize \(t\d+\): its mode is cubic/],
  "Resize, nearest, positions of its own": [
    resize(1.5, { nearest_mode: text("ceil") }),
    /Resize \(t\d+\): it takes its pixels from other positions/,
  ],
  "MaxPool, dilated": [
    alone("MaxPool", { ...POOL, dilations: ints(2, 2) }),
    /MaxPool \(t\d+\.q\): it has dilations/,
  ],
  "Pad, reflect": [
    (m, x) => m.add("Pad", [x, m.integers([0, 0, 1, 1, 0, 0, 1, 1])], { mode: text("reflect") }),
    /Pad \(t\d+\): it repeats the image/,
  ],
  Softmax: [alone("Softmax", { axis: { int: 1 } }), /Softmax \(t\d+\): it has no counterpart/],
};

it.each(Object.entries(REFUSED))(
  "explains why %s cannot be converted",
  async (title, [build, reason]) => {
    const graph = await quantise(makeGraph(title, build), "qoperator");
    expect(explainInconvertible(graph)).toMatch(reason);
  },
);

it("says that a network must be quantised", () => {
  const graph = makeGraph("Relu", alone("Relu"));
  expect(explainInconvertible(graph)).toMatch(/Conv \(t\d+\): .* Quantise the network/);
});
