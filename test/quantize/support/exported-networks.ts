/** Networks in the forms that exporters other than PyTorch's write. */
import type { Graph } from "../../../src/graphs/graph.ts";
import { GraphBuilder } from "../../../src/graphs/graph-builder.ts";
import { makeRandom } from "../../support/made-up.ts";

export const SIDE = 32;
const WIDTH = 8;
const CLASSES = 5;

/** How an exporter writes the factor and the offset of a normalisation. */
export type NormalisationForm = {
  readonly shape: readonly number[];
  readonly operators: readonly string[];
  /** Whether the constant is the first input. */
  readonly constantFirst?: boolean;
};

/** Makes constants of random numbers. */
class RandomBuilder extends GraphBuilder {
  readonly #random = makeRandom();

  made(name: string, shape: readonly number[], make = (random: number) => random - 0.5): string {
    const length = shape.reduce((product, side) => product * side, 1);
    return this.floats(
      name,
      shape,
      Float32Array.from({ length }, () => make(this.#random())),
    );
  }
}

const input = { name: "x", shape: [1, 3, SIDE, SIDE] };

/** Adds a convolution with a stride of 2 and a ReLU, and returns the name of the feature maps. */
function addStem(net: RandomBuilder): string {
  const attributes = { strides: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] } };
  net.add("Conv", ["x", net.made("stem.w", [WIDTH, 3, 3, 3])], "stem", attributes);
  return net.add("Relu", ["stem"], "stem.relu");
}

/** A network with depthwise convolutions, each followed by arithmetic on its channels, as Keras has them. */
export function makeDepthwiseNetwork(form: NormalisationForm): Graph {
  const net = new RandomBuilder();
  let x = addStem(net);
  for (const block of ["a", "b", "c"]) {
    const attributes = { group: { int: WIDTH }, pads: { ints: [1, 1, 1, 1] } };
    const weight = net.made(`${block}.w`, [WIDTH, 1, 3, 3]);
    x = net.add("Conv", [x, weight], `${block}.conv`, attributes);
    for (const operator of form.operators) {
      // The channels differ by two orders of magnitude, as those of trained depthwise layers do.
      const constant = net.made(`${block}.${operator}`, form.shape, (r) => 10 ** (2 * r - 1));
      const inputs = form.constantFirst ? [constant, x] : [x, constant];
      x = net.add(operator, inputs, `${block}.${operator}.out`);
    }
    x = net.add("Relu", [x], `${block}.relu`);
  }
  return addPooledHead(net, x);
}

/** A network with an AveragePool, whose attributes are given. */
export function makePoolingNetwork(attributes: Parameters<GraphBuilder["add"]>[3]): Graph {
  const net = new RandomBuilder();
  let x = addStem(net);
  x = net.add("AveragePool", [x], "average", attributes);
  x = net.add("Conv", [x, net.made("next.w", [WIDTH, WIDTH, 1, 1])], "next");
  return addPooledHead(net, net.add("Relu", [x], "next.relu"));
}

/** Convolutions with HardSwish, and gates by HardSigmoid, whose inputs are often far from 0. */
export function makeGatedNetwork(): Graph {
  const net = new RandomBuilder();
  let x = addStem(net);
  for (const block of ["a", "b"]) {
    // Far more below -3 than above 0.
    const bias = net.made(`${block}.b`, [WIDTH], (random) => 2 - 40 * random ** 4);
    x = net.add("Conv", [x, net.made(`${block}.w`, [WIDTH, WIDTH, 1, 1]), bias], `${block}.conv`);
    x = net.add("HardSwish", [x], `${block}.swish`);
    net.add("GlobalAveragePool", [x], `${block}.mean`);
    const squeeze = [
      `${block}.mean`,
      net.made(`${block}.g`, [WIDTH, WIDTH, 1, 1], (r) => 60 * (r - 0.5)),
    ];
    net.add("Conv", squeeze, `${block}.gate`);
    const sixth = { alpha: { float: 1 / 6 } };
    const gate = net.add("HardSigmoid", [`${block}.gate`], `${block}.share`, sixth);
    x = net.add("Mul", [x, gate], `${block}.gated`);
  }
  return addPooledHead(net, x);
}

/** Flatten and two dense layers, as in the first tutorial of Keras; most weights are in the first one. */
export function makeDenseNetwork(layer: "MatMul" | "Gemm"): Graph {
  const net = new RandomBuilder();
  let x = addStem(net);
  const [flat, hidden] = [WIDTH * (SIDE / 2) ** 2, 32];
  x = net.add("Flatten", [x], "flat");
  const weight = net.made("dense.w", [flat, hidden], (random) => (random - 0.5) / 8);
  const bias = net.made("dense.b", [hidden]);
  if (layer === "Gemm") x = net.add("Gemm", [x, weight, bias], "dense");
  else x = net.add("Add", [net.add("MatMul", [x, weight], "dense.m"), bias], "dense");
  x = net.add("Relu", [x], "dense.relu");
  x = net.add("MatMul", [x, net.made("fc.w", [hidden, CLASSES])], "fc.m");
  net.add("Add", [x, net.made("fc.b", [CLASSES])], "out");
  return net.build("dense", input, [{ name: "out" }]);
}

/** Attention over patches and a hidden layer, as in vision transformers; activations have three dimensions. */
export function makeTransformer(): Graph {
  const net = new RandomBuilder();
  const width = 16;
  const patches = { strides: { ints: [8, 8] } };
  let x = net.add("Conv", ["x", net.made("patch.w", [width, 3, 8, 8])], "patch", patches);
  x = net.add("Reshape", [x, net.integers("tokens.shape", [1, width, -1])], "maps");
  const swap = { perm: { ints: [0, 2, 1] } };
  x = net.add("Transpose", [x], "tokens", swap);
  const dense = (from: string, name: string, into: number, out: number) => {
    const weight = net.made(`${name}.w`, [into, out], (r) => (r - 0.5) * Math.sqrt(12 / into));
    return net.add("MatMul", [from, weight], name);
  };
  const [query, key, value] = ["query", "key", "value"].map((name) => dense(x, name, width, width));
  const turned = net.add("Transpose", [key as string], "key.t", swap);
  const scores = net.add("MatMul", [query as string, turned], "scores");
  const shares = net.add("Softmax", [scores], "shares", { axis: { int: -1 } });
  x = net.add("Add", [net.add("MatMul", [shares, value as string], "mixed"), x], "attended");
  x = net.add("Relu", [dense(x, "up", width, 4 * width)], "up.relu");
  x = dense(x, "down", 4 * width, width);
  x = net.add("ReduceMean", [x], "mean", { axes: { ints: [1] }, keepdims: { int: 0 } });
  net.add("Gemm", [x, net.made("fc.w", [CLASSES, width])], "out", { transB: { int: 1 } });
  return net.build("transformer", input, [{ name: "out" }]);
}

function addPooledHead(net: RandomBuilder, maps: string): Graph {
  net.add("GlobalAveragePool", [maps], "pool");
  net.add("Flatten", ["pool"], "flat");
  net.add("Gemm", ["flat", net.made("fc.w", [CLASSES, WIDTH])], "out", { transB: { int: 1 } });
  return net.build("made up", input, [{ name: "out" }]);
}
