/**
 * Finds the end of a network: the feature maps, their mean (the embedding), and the linear classifier that
 * computes the logits, in the various forms that exporters write.
 */
import {
  type Constant,
  findProducers,
  floatOf,
  type Graph,
  type GraphNode,
  intOf,
  intsOf,
} from "../../graphs/graph.ts";

/** The classifier: `logits = weight · embedding + bias`. */
export type Linear = {
  /** [N, D], row-major */
  readonly weight: Float32Array;
  /** [N] */
  readonly bias: Float32Array;
  readonly classes: number;
  readonly width: number;
};

/** The end of a network; tensors are given by name. */
export type Head = {
  /** The logits, before any Softmax. */
  readonly logits: string;
  /** Whether a Softmax follows the logits; it is removed. */
  readonly softmax: boolean;
  /** Undefined if the network does not end in a linear layer. */
  readonly linear: Linear | undefined;
  /** The input of the linear layer, with D elements in any shape. Undefined if `features` is given. */
  readonly embedding: string | undefined;
  /** The feature maps whose mean over the positions is the input of the linear layer, [1, D, h, w]. */
  readonly features: string | undefined;
};

type Shapes = ReadonlyMap<string, readonly number[]>;

/** Operators that only change the shape of their input. */
const RESHAPES: ReadonlySet<string> = new Set([
  "Flatten",
  "Reshape",
  "Squeeze",
  "Unsqueeze",
  "Identity",
]);

/**
 * Finds the head by walking up from an output.
 *
 * @param output - name of the logits or of their Softmax
 * @param shapes - the shapes of all tensors for one image, by name
 */
export function findHead(graph: Graph, output: string, shapes: Shapes): Head {
  const walk = new Walk(graph, shapes);
  const last = walk.skipReshapes(output);
  const softmax = walk.producer(last)?.operator === "Softmax";
  const logits = softmax ? (walk.producer(last)?.inputs[0] as string) : output;
  const none = { logits, softmax, linear: undefined, embedding: undefined, features: undefined };
  const found = walk.findLinear(walk.skipReshapes(logits));
  if (!found) return none;
  const { linear, input, features } = found;
  if (features !== undefined) return { ...none, linear, features };
  const pooled = walk.findPooled(input, linear.width);
  return pooled === undefined
    ? { ...none, linear, embedding: input }
    : { ...none, linear, features: pooled };
}

/** A linear layer and its input; also the feature maps, if the layer comes before the pooling. */
type FoundLinear = {
  readonly linear: Linear;
  readonly input: string;
  readonly features?: string;
};

class Walk {
  readonly #graph: Graph;
  readonly #shapes: Shapes;
  readonly #producers: ReadonlyMap<string, GraphNode>;

  constructor(graph: Graph, shapes: Shapes) {
    this.#graph = graph;
    this.#shapes = shapes;
    this.#producers = findProducers(graph);
  }

  producer(name: string): GraphNode | undefined {
    return this.#producers.get(name);
  }

  /** Returns the tensor that `name` is a reshaped view of. */
  skipReshapes(name: string): string {
    const node = this.#producers.get(name);
    const input = node?.inputs[0];
    return node && input !== undefined && RESHAPES.has(node.operator)
      ? this.skipReshapes(input)
      : name;
  }

  findLinear(name: string): FoundLinear | undefined {
    const node = this.#producers.get(name);
    switch (node?.operator) {
      case "Gemm":
        return this.#readGemm(node);
      case "MatMul":
        return this.#readMatMul(node);
      case "Conv":
        return this.#readPointwise(node);
      case "GlobalAveragePool":
      case "AveragePool":
      case "ReduceMean":
        return this.#readBeforePooling(name);
      case "Add":
        return this.#readAdd(node);
      default:
        return undefined;
    }
  }

  /** Finds the feature maps with `width` channels whose mean over all positions is `name`. */
  findPooled(name: string, width: number): string | undefined {
    const input = this.#readPooling(this.skipReshapes(name));
    return input !== undefined && this.#shapes.get(input)?.[1] === width ? input : undefined;
  }

  /** Returns the input of a pooling over all positions. */
  #readPooling(name: string): string | undefined {
    const node = this.#producers.get(name);
    const input = node?.inputs[0];
    const shape = this.#shapes.get(input ?? "");
    if (!node || input === undefined || shape?.length !== 4) return undefined;
    const isWhole = () => {
      const kernel = intsOf(node, "kernel_shape");
      const pads = intsOf(node, "pads") ?? [];
      return kernel?.join() === shape.slice(2).join() && pads.every((pad) => pad === 0);
    };
    const isSpatial = () => {
      const axes = intsOf(node, "axes") ?? this.#integersOf(node.inputs[1]);
      return (
        axes
          ?.map((axis) => (axis + 4) % 4)
          .sort()
          .join() === "2,3"
      );
    };
    const pools =
      node.operator === "GlobalAveragePool" ||
      (node.operator === "AveragePool" && isWhole()) ||
      (node.operator === "ReduceMean" && isSpatial());
    return pools ? input : undefined;
  }

  #readGemm(node: GraphNode): FoundLinear | undefined {
    const [input = "", weightName = "", biasName] = node.inputs;
    const weight = this.#floatsOf(weightName);
    const bias = biasName ? this.#floatsOf(biasName) : undefined;
    if (!weight || intOf(node, "transA", 0) !== 0 || (biasName && !bias)) return undefined;
    const [rows = 0, columns = 0] = weight.shape;
    const transposed = intOf(node, "transB", 0) === 1;
    const alpha = floatOf(node, "alpha", 1);
    const beta = floatOf(node, "beta", 1);
    const linear = makeLinear(
      transposed ? weight.data : transpose(weight.data, rows, columns),
      transposed ? rows : columns,
      bias?.data,
    );
    return {
      input,
      linear: {
        ...linear,
        weight: linear.weight.map((value) => value * alpha),
        bias: linear.bias.map((value) => value * beta),
      },
    };
  }

  #readMatMul({ inputs }: GraphNode): FoundLinear | undefined {
    const [input = "", weightName = ""] = inputs;
    const weight = this.#floatsOf(weightName);
    if (weight?.shape.length !== 2) return undefined;
    const [rows = 0, columns = 0] = weight.shape;
    return { input, linear: makeLinear(transpose(weight.data, rows, columns), columns) };
  }

  /** Reads a 1x1 convolution, which is a linear layer at each position. */
  #readPointwise(node: GraphNode): FoundLinear | undefined {
    const [input = "", weightName = "", biasName] = node.inputs;
    const weight = this.#floatsOf(weightName);
    const bias = biasName ? this.#floatsOf(biasName) : undefined;
    const [classes = 0, , height, width] = weight?.shape ?? [];
    const output = this.#shapes.get(node.outputs[0] as string);
    const plain =
      height === 1 &&
      width === 1 &&
      intOf(node, "group", 1) === 1 &&
      (intsOf(node, "strides") ?? []).every((stride) => stride === 1) &&
      (intsOf(node, "pads") ?? []).every((pad) => pad === 0) &&
      output?.join() === [1, classes, ...(this.#shapes.get(input) ?? []).slice(2)].join();
    if (!weight || !plain || (biasName && !bias)) return undefined;
    return { input, linear: makeLinear(weight.data, classes, bias?.data) };
  }

  /** Reads a linear layer before the pooling, which is equivalent to a linear layer after the pooling. */
  #readBeforePooling(name: string): FoundLinear | undefined {
    const input = this.#readPooling(name);
    const node = input === undefined ? undefined : this.#producers.get(input);
    const found = node?.operator === "Conv" ? this.#readPointwise(node) : undefined;
    return found && { ...found, features: found.input };
  }

  /** Reads a linear layer whose bias is added by a separate node. */
  #readAdd({ inputs }: GraphNode): FoundLinear | undefined {
    const [a = "", b = ""] = inputs;
    const [data, constant] = this.#graph.constants.has(a) ? [b, a] : [a, b];
    const bias = this.#floatsOf(constant);
    const found = bias && this.findLinear(this.skipReshapes(data));
    if (!found || found.linear.classes !== bias.data.length) return undefined;
    const { linear } = found;
    const sum = linear.bias.map((value, i) => value + (bias.data[i] as number));
    return { ...found, linear: { ...linear, bias: sum } };
  }

  #floatsOf(name: string): (Constant & { type: "float" }) | undefined {
    const constant = this.#graph.constants.get(name);
    return constant?.type === "float" ? constant : undefined;
  }

  #integersOf(name: string | undefined): number[] | undefined {
    const constant = this.#graph.constants.get(name ?? "");
    return constant?.type === "int64" ? Array.from(constant.data, Number) : undefined;
  }
}

function makeLinear(weight: Float32Array, classes: number, bias?: Float32Array): Linear {
  return {
    weight,
    bias: bias ?? new Float32Array(classes),
    classes,
    width: weight.length / classes,
  };
}

/** From [rows, columns] to [columns, rows]. */
function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  return data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)] as number);
}
