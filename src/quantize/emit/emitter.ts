/** What the formats of quantised networks share. */
import {
  type Constant,
  floats,
  type Graph,
  type GraphNode,
  MICROSOFT,
  makeNode,
  prune,
} from "../../graphs/graph.ts";
import type { IntegerWeights, Levels } from "../levels.ts";
import type { PlannedNode, QuantizationPlan } from "../plan.ts";

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

/** Writes a quantised network. Each tensor is available as integers, in float, or both. */
export abstract class Emitter {
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

/** The zero points of weights. */
export function makeZeros(length: number): Constant {
  return { type: "int8", shape: [length], data: new Int8Array(length) };
}
