/** Operators in float64, each by its definition, as an oracle for gradients. */
import { floatOf, type GraphNode, intOf, intsOf } from "../../../src/graphs/graph.ts";

export type Numbers = { readonly shape: readonly number[]; readonly data: Float64Array };

type Operator = (node: GraphNode, inputs: readonly Numbers[]) => Numbers | Numbers[];

/** Calls `visit` with each index into a tensor, in row-major order. */
function visitAll(shape: readonly number[], visit: (index: readonly number[], at: number) => void) {
  const index = shape.map(() => 0);
  const size = shape.reduce((product, side) => product * side, 1);
  for (let at = 0; at < size; at++) {
    visit(index, at);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
}

function make(shape: readonly number[], valueAt: (index: readonly number[]) => number): Numbers {
  const data = new Float64Array(shape.reduce((product, side) => product * side, 1));
  visitAll(shape, (index, at) => {
    data[at] = valueAt(index);
  });
  return { shape, data };
}

/** The element at an index; sides of 1 are repeated, and axes before the first are ignored. */
function get({ shape, data }: Numbers, index: readonly number[]): number {
  const extra = index.length - shape.length;
  const at = shape.reduce(
    (sum, side, axis) => sum * side + (side === 1 ? 0 : (index[axis + extra] as number)),
    0,
  );
  return data[at] as number;
}

/** Like {@link get}, and `outside` beyond the sides. */
function getOr(x: Numbers, index: readonly number[], outside: number): number {
  const inside = index.every((i, axis) => i >= 0 && i < (x.shape[axis] as number));
  return inside ? get(x, index) : outside;
}

function combine(f: (a: number, b: number) => number): Operator {
  return (_node, [a, b]) => {
    const [x, y] = [a as Numbers, b as Numbers];
    const length = Math.max(x.shape.length, y.shape.length);
    const shape = Array.from({ length }, (_, i) =>
      Math.max(
        x.shape[i - length + x.shape.length] ?? 1,
        y.shape[i - length + y.shape.length] ?? 1,
      ),
    );
    return make(shape, (index) => f(get(x, index), get(y, index)));
  };
}

function map(f: (x: number) => number): Operator {
  return (_node, [x]) => ({ shape: (x as Numbers).shape, data: (x as Numbers).data.map(f) });
}

/** Keeps the elements, and lets the expected shape be computed by the code that is tested. */
const keep: Operator = (_node, [x]) => x as Numbers;

const list = (x: Numbers | undefined) => (x ? [...x.data] : undefined);

function windowOf(node: GraphNode, x: Numbers, kernel: readonly number[]) {
  const strides = intsOf(node, "strides") ?? [1, 1];
  const pads = intsOf(node, "pads") ?? [0, 0, 0, 0];
  const dilations = intsOf(node, "dilations") ?? [1, 1];
  const round = intOf(node, "ceil_mode", 0) === 1 ? Math.ceil : Math.floor;
  const sides = kernel.map((side, axis) => {
    const reach = (side - 1) * (dilations[axis] as number) + 1;
    const total =
      (x.shape[axis + 2] as number) + (pads[axis] as number) + (pads[axis + 2] as number);
    return round((total - reach) / (strides[axis] as number)) + 1;
  });
  /** Where an element of the kernel is in the input, for a position of the window. */
  const place = (axis: number, at: number, k: number) =>
    at * (strides[axis] as number) + k * (dilations[axis] as number) - (pads[axis] as number);
  return { sides, place, pads };
}

const conv: Operator = (node, [x, w, b]) => {
  const [input, weight] = [x as Numbers, w as Numbers];
  const [out = 0, perGroup = 0, ...kernel] = weight.shape;
  const { sides, place } = windowOf(node, input, kernel);
  const perOut = out / intOf(node, "group", 1);
  return make([input.shape[0] as number, out, ...sides], ([n = 0, o = 0, i = 0, j = 0]) => {
    let sum = b ? (b.data[o] as number) : 0;
    visitAll([perGroup, ...kernel], ([c = 0, k = 0, l = 0]) => {
      const channel = Math.floor(o / perOut) * perGroup + c;
      const value = getOr(input, [n, channel, place(0, i, k), place(1, j, l)], 0);
      sum += value * get(weight, [o, c, k, l]);
    });
    return sum;
  });
};

function pool(reduce: (values: number[], all: number) => number, outside: boolean): Operator {
  return (node, [x]) => {
    const input = x as Numbers;
    const kernel = intsOf(node, "kernel_shape") ?? [];
    const { sides, place, pads } = windowOf(node, input, kernel);
    const counts = outside && intOf(node, "count_include_pad", 0) === 1;
    return make([...input.shape.slice(0, 2), ...sides], ([n = 0, c = 0, i = 0, j = 0]) => {
      const values: number[] = [];
      let all = 0;
      visitAll(kernel, ([k = 0, l = 0]) => {
        const at = [place(0, i, k), place(1, j, l)];
        const ends = at.every(
          (p, axis) => p < (input.shape[axis + 2] as number) + (pads[axis + 2] ?? 0),
        );
        const value = getOr(input, [n, c, ...at], Number.NaN);
        if (!Number.isNaN(value)) values.push(value);
        if (ends && (counts || !Number.isNaN(value))) all++;
      });
      return reduce(values, all);
    });
  };
}

const mean: Operator = (node, [x, axesInput]) => {
  const input = x as Numbers;
  const axes = intsOf(node, "axes") ?? list(axesInput) ?? [2, 3];
  const kept = input.shape.map((side, axis) => (axes.includes(axis) ? 1 : side));
  const sums = make(kept, () => 0);
  visitAll(input.shape, (index, at) => {
    const to = index.map((i, axis) => (axes.includes(axis) ? 0 : i));
    const place = to.reduce((sum, i, axis) => sum * (kept[axis] as number) + i, 0);
    sums.data[place] = (sums.data[place] as number) + (input.data[at] as number);
  });
  const count = input.data.length / sums.data.length;
  return { shape: kept, data: sums.data.map((sum) => sum / count) };
};

const gemm: Operator = (node, [a, b, c]) => {
  const turn = (x: Numbers, name: string) =>
    intOf(node, name, 0) === 1 ? transpose([1, 0], x) : x;
  const [left, right] = [turn(a as Numbers, "transA"), turn(b as Numbers, "transB")];
  const product = matMul(node, [left, right]) as Numbers;
  return make(
    product.shape,
    (index) =>
      floatOf(node, "alpha", 1) * get(product, index) +
      (c ? floatOf(node, "beta", 1) * get(c, index) : 0),
  );
};

const matMul: Operator = (_node, [a, b]) => {
  const [left, right] = [a as Numbers, b as Numbers];
  const batch = left.shape.length >= right.shape.length ? left.shape : right.shape;
  const shape = [...batch.slice(0, -2), left.shape.at(-2) as number, right.shape.at(-1) as number];
  return make(shape, (index) => {
    const [before, i, j] = [index.slice(0, -2), index.at(-2) as number, index.at(-1) as number];
    let sum = 0;
    for (let k = 0; k < (left.shape.at(-1) as number); k++) {
      sum += get(left, [...before, i, k]) * get(right, [...before, k, j]);
    }
    return sum;
  });
};

function transpose(order: readonly number[], x: Numbers): Numbers {
  return make(
    order.map((axis) => x.shape[axis] as number),
    (index) =>
      get(
        x,
        x.shape.map((_, axis) => index[order.indexOf(axis)] as number),
      ),
  );
}

const batchNormalisation: Operator = (node, [x, gamma, beta]) => {
  const axes = { axes: { ints: [0, 2, 3] } };
  const input = x as Numbers;
  const average = mean({ ...node, attributes: axes }, [input]) as Numbers;
  const centred = make(
    input.shape,
    (index) => get(input, index) - get(average, [0, index[1] as number, 0, 0]),
  );
  const squares = { shape: input.shape, data: centred.data.map((value) => value ** 2) };
  const variance = mean({ ...node, attributes: axes }, [squares]) as Numbers;
  return make(input.shape, (index) => {
    const c = index[1] as number;
    const deviation = Math.sqrt((variance.data[c] as number) + floatOf(node, "epsilon", 1e-5));
    return (get(centred, index) / deviation) * Number(gamma?.data[c]) + Number(beta?.data[c]);
  });
};

export const REFERENCE: Readonly<Record<string, Operator>> = {
  Add: combine((a, b) => a + b),
  AveragePool: pool((values, all) => values.reduce((sum, value) => sum + value, 0) / all, true),
  BatchNormalization: batchNormalisation,
  Clip: (_node, [x, low, high]) => ({
    shape: (x as Numbers).shape,
    data: (x as Numbers).data.map((value) =>
      Math.min(high?.data[0] ?? Infinity, Math.max(low?.data[0] ?? -Infinity, value)),
    ),
  }),
  Concat: (node, inputs) => {
    const axis = intOf(node, "axis", 0);
    const owners = inputs.flatMap((x) =>
      Array.from({ length: x.shape[axis] as number }, (_, i) => ({ x, i })),
    );
    const shape = (inputs[0] as Numbers).shape.map((side, at) =>
      at === axis ? owners.length : side,
    );
    return make(shape, (index) => {
      const { x, i } = owners[index[axis] as number] as { x: Numbers; i: number };
      return get(
        x,
        index.map((old, at) => (at === axis ? i : old)),
      );
    });
  },
  Conv: conv,
  Div: combine((a, b) => a / b),
  Dropout: keep,
  Flatten: keep,
  Gemm: gemm,
  GlobalAveragePool: mean,
  Identity: keep,
  MatMul: matMul,
  MaxPool: pool((values) => Math.max(...values), false),
  Mul: combine((a, b) => a * b),
  Pad: (_node, [x, pads]) => {
    const input = x as Numbers;
    const count = input.shape.length;
    const sides = input.shape.map(
      (side, axis) => side + Number(pads?.data[axis]) + Number(pads?.data[axis + count]),
    );
    return make(sides, (index) =>
      getOr(
        input,
        index.map((i, axis) => i - Number(pads?.data[axis])),
        0,
      ),
    );
  },
  ReduceMean: mean,
  Relu: map((x) => Math.max(0, x)),
  Reshape: keep,
  Sigmoid: map((x) => 1 / (1 + Math.exp(-x))),
  Slice: (_node, [x, starts, ends, axes]) => {
    const input = x as Numbers;
    const from = input.shape.map(() => 0);
    const to = [...input.shape];
    for (const [i, axis] of (list(axes) ?? []).entries()) {
      const [start, end] = [starts?.data[i] as number, ends?.data[i] as number];
      const side = input.shape[axis] as number;
      from[axis] = start < 0 ? start + side : start;
      to[axis] = end < 0 ? end + side : Math.min(end, side);
    }
    return make(
      to.map((end, axis) => end - (from[axis] as number)),
      (index) =>
        get(
          input,
          index.map((i, axis) => i + (from[axis] as number)),
        ),
    );
  },
  Split: (node, [x, parts]) => {
    const input = x as Numbers;
    const axis = intOf(node, "axis", 0);
    let start = 0;
    return (list(parts) ?? []).map((part) => {
      const first = start;
      start += part;
      const shape = input.shape.map((side, at) => (at === axis ? part : side));
      return make(shape, (index) =>
        get(
          input,
          index.map((i, at) => (at === axis ? i + first : i)),
        ),
      );
    });
  },
  Squeeze: keep,
  Sub: combine((a, b) => a - b),
  Transpose: (node, [x]) => transpose(intsOf(node, "perm") ?? [], x as Numbers),
  Unsqueeze: keep,
};
