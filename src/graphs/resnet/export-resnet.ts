/**
 * The parameters of a ResNet under TorchVision's names, so that PyTorch can load them. The names of the graph do not
 * matter: layers are found by how they are connected.
 */
import {
  type Constant,
  findConsumers,
  type Graph,
  type GraphNode,
  intOf,
  intsOf,
  prune,
} from "../graph.ts";
import type { StateDict } from "../safetensors/read-safetensors.ts";

/** That of TorchVision's batch normalisations. */
const EPSILON = 1e-5;
const STEM_KERNEL = 7;
/** What enlarges a small input or copies a tensor has no parameters. */
const TRANSPARENT: ReadonlySet<string> = new Set(["Identity", "Resize"]);

/**
 * Returns the state dict. A batch normalisation that was folded into a convolution becomes one that only adds the bias.
 *
 * @param graph - with convolutions into which the batch normalisations are folded
 * @param logits - the name of the tensor with one number for each class
 * @returns undefined if the network is not a ResNet as TorchVision builds them: a stem, four stages of basic blocks or
 *   bottlenecks, a mean over positions and a linear layer
 */
export function exportResNet(graph: Graph, logits: string): StateDict | undefined {
  const needed = bypass(prune({ ...graph, outputs: [{ name: logits }] }));
  const reader = new ResNetReader(needed);
  return reader.read(logits) ? reader.parameters : undefined;
}

/** The graph without nodes that only pass a tensor on. */
function bypass(graph: Graph): Graph {
  const names = new Map<string, string>();
  const nameOf = (name: string) => names.get(name) ?? name;
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(nameOf);
    if (TRANSPARENT.has(node.operator)) names.set(node.outputs[0] ?? "", inputs[0] ?? "");
    else nodes.push({ ...node, inputs });
  }
  return { ...graph, nodes };
}

class ResNetReader {
  readonly parameters = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  readonly #graph: Graph;
  readonly #consumers: ReadonlyMap<string, readonly GraphNode[]>;
  #read = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#consumers = findConsumers(graph);
  }

  /** @returns whether all parameters were found */
  read(logits: string): boolean {
    const stem = this.#only(this.#graph.input.name, "Conv");
    if (!stem || !hasShape(stem, STEM_KERNEL, 2) || !this.#take(stem, "conv1", "bn1")) return false;
    const pool = this.#only(this.#only(stem, "Relu"), "MaxPool");
    let at = pool && this.#readBlocks(pool);
    for (const operator of ["GlobalAveragePool", "Flatten", "Gemm"]) at = this.#only(at, operator);
    if (at?.outputs[0] !== logits || intOf(at, "transB", 0) !== 1) return false;
    const isWhole = this.#put("fc.weight", at.inputs[1]) && this.#put("fc.bias", at.inputs[2]);
    const convolutions = this.#graph.nodes.filter(({ operator }) => operator === "Conv").length;
    return isWhole && this.#read === convolutions;
  }

  /** @returns the last node of the last block */
  #readBlocks(start: GraphNode): GraphNode | undefined {
    let [at, stage, block] = [start, 1, 0];
    while (this.#next(at).some(({ operator }) => operator === "Conv")) {
      const convolutions = this.#next(at).filter(({ operator }) => operator === "Conv");
      const isMain = (node: GraphNode) => this.#only(node, "Relu") !== undefined;
      const main = convolutions.find(isMain);
      const shortcut = convolutions.find((node) => !isMain(node));
      if (!main || convolutions.length > 2) return undefined;
      // Each stage but the first begins with a shortcut that changes the shape.
      if (shortcut && !(stage === 1 && block === 0)) [stage, block] = [stage + 1, 0];
      const name = `layer${stage}.${block}`;
      const stride = stage > 1 && block === 0 ? 2 : 1;
      const isTaken =
        !shortcut ||
        (hasShape(shortcut, 1, stride) &&
          this.#take(shortcut, `${name}.downsample.0`, `${name}.downsample.1`));
      const last = this.#readMain(main, name, stride);
      const sum = this.#only(last, "Add");
      const other = shortcut ?? at;
      const end = sum?.inputs.includes(other.outputs[0] ?? "") && this.#only(sum, "Relu");
      if (!isTaken || !end) return undefined;
      [at, block] = [end, block + 1];
    }
    return stage === 4 ? at : undefined;
  }

  /** @returns the last convolution of a block */
  #readMain(first: GraphNode, block: string, stride: number): GraphNode | undefined {
    const path: GraphNode[] = [first];
    let at: GraphNode | undefined = first;
    while (path.length < 3) {
      at = this.#only(this.#only(at, "Relu"), "Conv");
      if (!at) break;
      path.push(at);
    }
    // The stride of a bottleneck is in its convolution of 3 x 3.
    const isBottleneck = path.length === 3;
    const isTaken = path.every((node, i) => {
      const kernel = isBottleneck && i !== 1 ? 1 : 3;
      const own = i === (isBottleneck ? 1 : 0) ? stride : 1;
      const name = `${block}.conv${i + 1}`;
      return hasShape(node, kernel, own) && this.#take(node, name, `${block}.bn${i + 1}`);
    });
    return isTaken && path.length > 1 ? path.at(-1) : undefined;
  }

  #next(node: GraphNode): readonly GraphNode[] {
    return this.#consumers.get(node.outputs[0] ?? "") ?? [];
  }

  /** The only node that takes the output, if it is of this kind. */
  #only(from: GraphNode | string | undefined, operator: string): GraphNode | undefined {
    if (from === undefined) return undefined;
    const name = typeof from === "string" ? from : (from.outputs[0] ?? "");
    const [node, ...others] = this.#consumers.get(name) ?? [];
    return node?.operator === operator && others.length === 0 ? node : undefined;
  }

  #take({ inputs }: GraphNode, convolution: string, normalisation: string): boolean {
    const [channels = 0] = this.#graph.constants.get(inputs[1] ?? "")?.shape ?? [];
    const fill = (name: string, value: number) =>
      this.parameters.set(`${normalisation}.${name}`, {
        shape: [channels],
        data: new Float32Array(channels).fill(value),
      });
    if (!this.#put(`${convolution}.weight`, inputs[1])) return false;
    fill("weight", 1);
    fill("bias", 0);
    fill("running_mean", 0);
    // The normalisation divides by √(variance + ε).
    fill("running_var", 1 - EPSILON);
    this.#read++;
    return (inputs[2] ?? "") === "" || this.#put(`${normalisation}.bias`, inputs[2]);
  }

  #put(name: string, from: string | undefined): boolean {
    const constant: Constant | undefined = this.#graph.constants.get(from ?? "");
    if (constant?.type !== "float") return false;
    this.parameters.set(name, { shape: constant.shape, data: constant.data });
    return true;
  }
}

/** Whether a convolution is square and has this kernel and stride. */
function hasShape(node: GraphNode, kernel: number, stride: number): boolean {
  const isAll = (values: readonly number[] | undefined, wanted: number) =>
    (values ?? [1, 1]).every((value) => value === wanted);
  return isAll(intsOf(node, "kernel_shape"), kernel) && isAll(intsOf(node, "strides"), stride);
}
