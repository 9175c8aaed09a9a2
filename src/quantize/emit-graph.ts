/** Writes the quantised network of a plan, in one of the two formats that ONNX Runtime supports. */
import {
  type Attributes,
  type Constant,
  floats,
  type Graph,
  type GraphNode,
  intOf,
  MICROSOFT,
  makeNode,
  prune,
} from "../graphs/graph.ts";
import type { IntegerWeights, Levels } from "./levels.ts";
import type { PlannedNode, QuantizationPlan } from "./plan.ts";

/**
 * - `qoperator`: integer operators, such as QLinearConv.
 * - `qdq`: float operators between DequantizeLinear and QuantizeLinear, which the runtime converts to integer
 *   operators when it loads the network.
 */
export const FORMATS = ["qdq", "qoperator"] as const;

export type Format = (typeof FORMATS)[number];

/** The numbers of a plan. */
export type QuantizationNumbers = {
  /** By tensor name, for each tensor in `ranged`. */
  readonly levels: ReadonlyMap<string, Levels>;
  /** By the name of the output of a layer. */
  readonly weights: ReadonlyMap<string, IntegerWeights>;
};

/** The number of float32 in ONNX. */
const FLOAT = 1;
/** The version of ONNX Runtime's operator set. */
const MICROSOFT_OPSET = 1;

/** Makes the quantised network, with the outputs of `graph`. */
export function emitGraph(
  graph: Graph,
  plan: QuantizationPlan,
  numbers: QuantizationNumbers,
  format: Format,
): Graph {
  const emitter = format === "qdq" ? QdqEmitter : QOperatorEmitter;
  return new emitter(graph, plan, numbers).emit();
}

/** What both formats share. Each tensor is available as integers, in float, or both. */
abstract class Emitter {
  protected readonly nodes: GraphNode[] = [];
  readonly #graph: Graph;
  readonly #plan: QuantizationPlan;
  readonly #numbers: QuantizationNumbers;
  readonly #constants: Map<string, Constant>;
  /** The names of the integer tensors, by the names of the tensors in the float graph. */
  readonly #integers = new Map<string, string>();
  /** The names of the tensors available in float, including dequantised ones. */
  readonly #floats = new Set<string>();
  /** The names of the tensors whose original, never quantised values are available. */
  readonly #original = new Set<string>();

  constructor(graph: Graph, plan: QuantizationPlan, numbers: QuantizationNumbers) {
    this.#graph = graph;
    this.#plan = plan;
    this.#numbers = numbers;
    this.#constants = new Map(graph.constants);
    this.#makeFloat(graph.input.name);
  }

  emit(): Graph {
    for (const planned of this.#plan.nodes) {
      switch (planned.kind) {
        case "weighted":
          this.emitWeighted(planned);
          break;
        case "dynamic":
          this.#emitDynamic(planned);
          break;
        case "requantised":
          this.emitRequantised(planned);
          break;
        case "moved":
          this.#emitMoved(planned);
          break;
        case "float":
          this.#emitFloat(planned.node);
      }
    }
    for (const { name } of this.#graph.outputs) this.float(name);
    const graph = { ...this.#graph, nodes: this.nodes, constants: this.#constants };
    const usesMicrosoft = this.nodes.some(({ domain }) => domain === MICROSOFT);
    const opsets = { ...graph.opsets, ...(usesMicrosoft ? { [MICROSOFT]: MICROSOFT_OPSET } : {}) };
    return prune({ ...graph, opsets });
  }

  protected abstract emitWeighted(planned: PlannedNode & { kind: "weighted" }): void;
  protected abstract emitRequantised(planned: PlannedNode & { kind: "requantised" }): void;

  protected weightsOf(output: string): IntegerWeights {
    return this.#numbers.weights.get(output) as IntegerWeights;
  }

  protected scaleOf(tensor: string): number {
    return this.#levelsOf(tensor)[1].scale;
  }

  /** Whether the original, never quantised values of a tensor are available. */
  protected isFloat(tensor: string): boolean {
    return this.#original.has(tensor);
  }

  /** Adds the constants of a tensor's scale and zero point, and returns their names. */
  protected levels(tensor: string): readonly [scale: string, zeroPoint: string] {
    const [owner, { scale, zeroPoint }] = this.#levelsOf(tensor);
    return [
      this.add(`${owner}.scale`, floats([], [scale])),
      this.add(`${owner}.zero`, { type: "uint8", shape: [], data: Uint8Array.of(zeroPoint) }),
    ];
  }

  /** Adds a constant, and returns its name. */
  protected add(name: string, constant: Constant): string {
    this.#constants.set(name, constant);
    return name;
  }

  /** Records that a tensor is available as integers, and returns the name of the integer tensor. */
  protected makeInteger(tensor: string): string {
    const name = `${tensor}.q`;
    this.#integers.set(tensor, name);
    return name;
  }

  /** Returns the name of a tensor as integers. Quantises it if it is available only in float. */
  protected integer(tensor: string): string {
    const known = this.#integers.get(tensor);
    if (known !== undefined) return known;
    const name = this.makeInteger(tensor);
    this.nodes.push(makeNode("QuantizeLinear", [tensor, ...this.levels(tensor)], name));
    return name;
  }

  /** Returns the name of a tensor in float. Dequantises it if it is available only as integers. */
  protected float(tensor: string): string {
    if (this.#floats.has(tensor) || this.#constants.has(tensor)) return tensor;
    this.#floats.add(tensor);
    const inputs = [this.integer(tensor), ...this.levels(tensor)];
    this.nodes.push(makeNode("DequantizeLinear", inputs, tensor));
    return tensor;
  }

  #levelsOf(tensor: string): readonly [owner: string, levels: Levels] {
    const owner = this.#plan.sameLevels.get(tensor) ?? tensor;
    return [owner, this.#numbers.levels.get(owner) as Levels];
  }

  #emitMoved({ node, input, outputs }: PlannedNode & { kind: "moved" }): void {
    const inputs = [this.integer(input), ...node.inputs.slice(1)];
    const names = outputs.map((name) => this.makeInteger(name));
    this.nodes.push({ ...node, inputs, outputs: names });
  }

  /** Emits operators that every runtime has; ONNX Runtime fuses them when it loads the network. */
  #emitDynamic({ input, output, weight }: PlannedNode & { kind: "dynamic" }): void {
    const { weight: data, scales } = this.weightsOf(output);
    const [x, scale, zero] = this.#quantizeDynamically(input);
    const w = this.add(`${output}.weight.q`, { type: "int8", shape: weight.shape, data });
    const perColumn = this.add(`${output}.weight.scale`, floats([scales.length], scales));
    const [sums, asFloat, factors] = [`${output}.sums`, `${output}.float`, `${output}.scale`];
    this.nodes.push(
      makeNode("MatMulInteger", [x, w, zero], sums),
      makeNode("Cast", [sums], asFloat, { to: { int: FLOAT } }),
      makeNode("Mul", [scale, perColumn], factors),
      makeNode("Mul", [asFloat, factors], output),
    );
    this.#makeFloat(output);
  }

  #quantizeDynamically(tensor: string): readonly [values: string, scale: string, zero: string] {
    const names = [`${tensor}.now`, `${tensor}.now.scale`, `${tensor}.now.zero`] as const;
    if (!this.nodes.some(({ outputs }) => outputs[0] === names[0])) {
      const inputs = [this.float(tensor)];
      const node = makeNode("DynamicQuantizeLinear", inputs, names[0]);
      this.nodes.push({ ...node, outputs: names });
    }
    return names;
  }

  #emitFloat(node: GraphNode): void {
    const inputs = node.inputs.map((name) => (name === "" ? "" : this.float(name)));
    this.nodes.push({ ...node, inputs });
    for (const output of node.outputs) this.#makeFloat(output);
  }

  #makeFloat(tensor: string): void {
    this.#floats.add(tensor);
    this.#original.add(tensor);
  }
}

class QOperatorEmitter extends Emitter {
  protected override emitWeighted(planned: PlannedNode & { kind: "weighted" }): void {
    const { node, input, output, weight } = planned;
    const { weight: data, scales, bias } = this.weightsOf(output);
    const x = [this.integer(input), ...this.levels(input)];
    const w = [
      this.add(`${output}.weight.q`, { type: "int8", shape: weight.shape, data }),
      this.add(`${output}.weight.scale`, floats([scales.length], scales)),
      this.add(`${output}.weight.zero`, makeZeros(scales.length)),
    ];
    const b = this.add(`${output}.bias.q`, { type: "int32", shape: [bias.length], data: bias });
    const y = this.levels(output);
    const name = this.makeInteger(output);
    if (node.operator === "Conv") {
      this.nodes.push(makeNode("QLinearConv", [...x, ...w, ...y, b], name, node.attributes));
    } else {
      const attributes = { transB: { int: 1 } };
      this.nodes.push(makeNode("QGemm", [...x, ...w, b, ...y], name, attributes, MICROSOFT));
    }
  }

  protected override emitRequantised(planned: PlannedNode & { kind: "requantised" }): void {
    const { node, inputs, output } = planned;
    const parts = inputs.flatMap((input) => [this.integer(input), ...this.levels(input)]);
    const y = this.levels(output);
    const name = this.makeInteger(output);
    const push = (operator: string, list: readonly string[], attributes: Attributes) =>
      this.nodes.push(makeNode(operator, list, name, attributes, MICROSOFT));
    if (node.operator === "Concat") {
      push("QLinearConcat", [...y, ...parts], { axis: { int: intOf(node, "axis", 1) } });
    } else push(`QLinear${node.operator}`, [...parts, ...y], node.attributes);
  }
}

class QdqEmitter extends Emitter {
  protected override emitWeighted(planned: PlannedNode & { kind: "weighted" }): void {
    const { node, input, output, weight } = planned;
    const { weight: data, scales, bias } = this.weightsOf(output);
    const inputScale = this.scaleOf(input);
    const count = scales.length;
    const inputs = [
      this.#dequantize(input),
      this.#dequantizeConstant(`${output}.weight`, scales, [
        { type: "int8", shape: weight.shape, data },
        makeZeros(count),
      ]),
      this.#dequantizeConstant(
        `${output}.bias`,
        scales.map((scale) => scale * inputScale),
        [
          { type: "int32", shape: [count], data: bias },
          { type: "int32", shape: [count], data: new Int32Array(count) },
        ],
      ),
    ];
    this.#emitBetween(node, inputs, output);
  }

  protected override emitRequantised(planned: PlannedNode & { kind: "requantised" }): void {
    const { node, inputs, output } = planned;
    this.#emitBetween(
      node,
      inputs.map((input) => this.#dequantize(input)),
      output,
    );
  }

  #emitBetween(node: GraphNode, inputs: readonly string[], output: string): void {
    const raw = `${output}.raw`;
    this.nodes.push({ ...node, inputs, outputs: [raw] });
    const levels = this.levels(output);
    this.nodes.push(makeNode("QuantizeLinear", [raw, ...levels], this.makeInteger(output)));
  }

  /** Returns the dequantised values of a tensor, even if its original values are available. */
  #dequantize(tensor: string): string {
    if (!this.isFloat(tensor)) return this.float(tensor);
    const name = `${tensor}.dq`;
    if (!this.nodes.some(({ outputs }) => outputs[0] === name)) {
      const inputs = [this.integer(tensor), ...this.levels(tensor)];
      this.nodes.push(makeNode("DequantizeLinear", inputs, name));
    }
    return name;
  }

  #dequantizeConstant(
    name: string,
    scales: Float32Array,
    [integers, zeros]: readonly [Constant, Constant],
  ): string {
    const inputs = [
      this.add(`${name}.q`, integers),
      this.add(`${name}.scale`, floats([scales.length], scales)),
      this.add(`${name}.zero`, zeros),
    ];
    this.nodes.push(makeNode("DequantizeLinear", inputs, `${name}.dq`, { axis: { int: 0 } }));
    return `${name}.dq`;
  }
}

function makeZeros(length: number): Constant {
  return { type: "int8", shape: [length], data: new Int8Array(length) };
}
