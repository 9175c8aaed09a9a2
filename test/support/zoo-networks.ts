/** Small networks with the operators, the form and the names of networks from the ONNX Model Zoo. */
import { ZooGraph } from "./zoo-graph.ts";

const CLASSES = 1000;
/** Side of the input in pixels. */
export const ZOO_SIZE = 64;

/** The values of the final linear classifier, by index into its weights [1000, D] and biases [1000]. */
export type Head = { readonly weight: (i: number) => number; readonly bias: (i: number) => number };

function fill(graph: ZooGraph, head: Head, width: number) {
  let i = 0;
  let j = 0;
  return [
    graph.floats("fc.weight", [CLASSES, width], () => head.weight(i++)),
    graph.floats("fc.bias", [CLASSES], () => head.bias(j++)),
  ];
}

/** resnet18-v1-7.onnx: IR 3, operator set 8, batch normalisation, constants among the inputs. */
export function makeZooResNet(head: Head): { file: Uint8Array; width: number } {
  const graph = new ZooGraph();
  const conv = (at: string, name: string, into: number, out: number, kernel: number, stride = 1) =>
    graph.normalise(
      graph.convolve(at, `${name}_conv`, { into, out, kernel, stride, bias: false }),
      `${name}_batchnorm`,
      out,
    );
  const relu = (at: string) => graph.add("Relu", [at], [`${at}_relu`]);
  let at = relu(conv("data", "stem", 3, 8, 7, 2));
  at = graph.add("MaxPool", [at], ["pool0"], {
    kernel_shape: { ints: [3, 3] },
    strides: { ints: [2, 2] },
    pads: { ints: [1, 1, 1, 1] },
  });
  [8, 16, 32].forEach((out, stage) => {
    const into = stage === 0 ? 8 : out / 2;
    const stride = stage === 0 ? 1 : 2;
    const inner = conv(
      relu(conv(at, `s${stage}a`, into, out, 3, stride)),
      `s${stage}b`,
      out,
      out,
      3,
    );
    const shortcut = stage === 0 ? at : conv(at, `s${stage}c`, into, out, 1, stride);
    at = relu(graph.add("Add", [inner, shortcut], [`s${stage}_plus`]));
  });
  at = graph.add("GlobalAveragePool", [at], ["pool1"]);
  at = graph.add("Flatten", [at], ["flatten0"]);
  graph.add("Gemm", [at, ...fill(graph, head, 32)], ["resnetv15_dense0_fwd"], {
    alpha: { float: 1 },
    beta: { float: 1 },
    transA: { int: 0 },
    transB: { int: 1 },
  });
  const form = { irVersion: 3, opset: 8, input: "data", output: "resnetv15_dense0_fwd" };
  return { file: graph.write({ ...form, size: ZOO_SIZE, constantsAreInputs: true }), width: 32 };
}

/** mobilenetv2-12.onnx: depthwise convolutions, Clip, an open batch size, a computed shape. */
export function makeZooMobileNet(head: Head): { file: Uint8Array; width: number } {
  const graph = new ZooGraph();
  graph.floats("zero", [], () => 0);
  graph.floats("six", [], () => 6);
  const relu6 = (at: string) => graph.add("Clip", [at, "zero", "six"], [`${at}_clip`]);
  let at = relu6(graph.convolve("input", "474", { into: 3, out: 8, kernel: 3, stride: 2 }));
  let channels = 8;
  [
    [8, 2],
    [8, 1],
    [16, 2],
    [16, 1],
  ].forEach(([out = 0, stride = 1], block) => {
    const wide = channels * 4;
    let inner = relu6(graph.convolve(at, `b${block}e`, { into: channels, out: wide, kernel: 1 }));
    inner = relu6(
      graph.convolve(inner, `b${block}d`, {
        into: wide,
        out: wide,
        kernel: 3,
        stride,
        group: wide,
      }),
    );
    inner = graph.convolve(inner, `b${block}p`, { into: wide, out, kernel: 1 });
    at = out === channels && stride === 1 ? graph.add("Add", [at, inner], [`b${block}s`]) : inner;
    channels = out;
  });
  at = relu6(graph.convolve(at, "features", { into: channels, out: 48, kernel: 1 }));
  at = graph.add("GlobalAveragePool", [at], ["464"]);
  const shape = graph.add("Shape", [at], ["465"]);
  const batch = graph.add("Gather", [shape, graph.scalar("466", 0)], ["467"], { axis: { int: 0 } });
  const list = graph.add("Unsqueeze", [batch], ["468"], { axes: { ints: [0] } });
  const target = graph.add("Concat", [list, graph.integers("469", [-1])], ["470"], {
    axis: { int: 0 },
  });
  at = graph.add("Reshape", [at, target], ["471"]);
  graph.add("Gemm", [at, ...fill(graph, head, 48)], ["output"], { transB: { int: 1 } });
  const form = { irVersion: 6, opset: 12, input: "input", output: "output" };
  return { file: graph.write({ ...form, size: ZOO_SIZE, openBatch: true }), width: 48 };
}

/** shufflenet-v2-12.onnx: channels split, shuffled by Reshape and Transpose, and joined; ReduceMean. */
export function makeZooShuffleNet(head: Head): { file: Uint8Array; width: number } {
  const graph = new ZooGraph();
  const relu = (at: string) => graph.add("Relu", [at], [`${at}_relu`]);
  const pointwise = (at: string, name: string, into: number, out: number) =>
    relu(
      graph.normalise(
        graph.convolve(at, name, { into, out, kernel: 1, bias: false }),
        `${name}_bn`,
        out,
      ),
    );
  const depthwise = (at: string, name: string, channels: number, stride: number) =>
    graph.normalise(
      graph.convolve(at, name, {
        into: channels,
        out: channels,
        kernel: 3,
        stride,
        group: channels,
        bias: false,
      }),
      `${name}_bn`,
      channels,
    );
  const shuffle = (at: string, name: string, channels: number, side: number) => {
    const apart = graph.integers(`${name}.apart`, [1, 2, channels / 2, side, side]);
    const together = graph.integers(`${name}.together`, [1, channels, side, side]);
    const groups = graph.add("Reshape", [at, apart], [`${name}_groups`]);
    const turned = graph.add("Transpose", [groups], [`${name}_turned`], {
      perm: { ints: [0, 2, 1, 3, 4] },
    });
    return graph.add("Reshape", [turned, together], [`${name}_shuffled`]);
  };
  let at = relu(
    graph.normalise(
      graph.convolve("gpu_0/data_0", "stem", {
        into: 3,
        out: 8,
        kernel: 3,
        stride: 2,
        bias: false,
      }),
      "stem_bn",
      8,
    ),
  );
  at = graph.add("MaxPool", [at], ["pool"], {
    kernel_shape: { ints: [3, 3] },
    strides: { ints: [2, 2] },
    pads: { ints: [1, 1, 1, 1] },
  });
  // In a block that halves the side, both branches use the whole input.
  const left = pointwise(depthwise(at, "d0l", 8, 2), "d0lp", 8, 16);
  const right = pointwise(depthwise(pointwise(at, "d0r", 8, 16), "d0rd", 16, 2), "d0rp", 16, 16);
  at = shuffle(graph.add("Concat", [left, right], ["d0"], { axis: { int: 1 } }), "d0", 32, 8);
  for (const name of ["u0", "u1"]) {
    graph.add("Split", [at], [`${name}_keep`, `${name}_in`], {
      axis: { int: 1 },
      split: { ints: [16, 16] },
    });
    const inner = pointwise(
      depthwise(pointwise(`${name}_in`, `${name}a`, 16, 16), `${name}d`, 16, 1),
      `${name}b`,
      16,
      16,
    );
    const joined = graph.add("Concat", [`${name}_keep`, inner], [name], { axis: { int: 1 } });
    at = shuffle(joined, name, 32, 8);
  }
  at = pointwise(at, "conv5", 32, 48);
  at = graph.add("ReduceMean", [at], ["mean"], { axes: { ints: [2, 3] }, keepdims: { int: 0 } });
  graph.add("Gemm", [at, ...fill(graph, head, 48)], ["gpu_0/softmax_1"], { transB: { int: 1 } });
  const form = { irVersion: 6, opset: 12, input: "gpu_0/data_0", output: "gpu_0/softmax_1" };
  return { file: graph.write({ ...form, size: ZOO_SIZE }), width: 48 };
}

/** An arbitrary head, for tests that do not depend on it. */
export const NO_HEAD: Head = { weight: (i) => Math.sin(i), bias: () => 0 };

export type MakeZooNetwork = (head: Head) => { readonly file: Uint8Array; readonly width: number };
