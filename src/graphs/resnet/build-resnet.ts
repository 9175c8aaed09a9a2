/**
 * Builds the ONNX graph of a ResNet from parameters with the names of TorchVision or Hugging Face.
 *
 * Source: He et al. 2015, "Deep residual learning for image recognition"; Xie et al. 2017, "Aggregated residual
 * transformations for deep neural networks". As in torchvision, the stride of a
 * bottleneck is in its 3x3 convolution.
 */
import { foldNormalisation } from "../fold-normalisation.ts";
import type { Attributes, Graph } from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";
import { writeModel } from "../onnx/write-model.ts";
import type { StateDict } from "../safetensors/read-safetensors.ts";
import { toTorchVisionNames } from "./parameter-names.ts";
import { nameArchitecture, readLayout } from "./resnet-layout.ts";
import { type Convolution, ResNetWeights } from "./resnet-weights.ts";

export type ResNetOptions = {
  /** Side of the square input in pixels. */
  readonly inputSize: number;
  /** If given, a cubic Resize enlarges the input to this side before the first convolution. */
  readonly enlargeTo?: number;
};

export type BuiltResNet = ResNetGraph & {
  /** The graph as an ONNX file. */
  readonly model: Uint8Array<ArrayBuffer>;
};

export type ResNetGraph = {
  /** `input` [1, 3, S, S] to `logits` [1, N], `embedding` [1, D] and `features` [1, D, h, w] */
  readonly graph: Graph;
  readonly architecture: string;
  /** The rows of the final linear classifier, [N, D]. */
  readonly head: { readonly shape: readonly [number, number]; readonly data: Float32Array };
};

const IMAGE_CHANNELS = 3;
/** The networks for images of 32 px begin with a kernel of 3 and other strides. */
const STEM_KERNEL = 7;
/** The coefficient of PyTorch's bicubic interpolation, and the default of ONNX. */
const CUBIC_COEFFICIENT = -0.75;

/** A tensor of the graph, and its number of channels. */
type Feature = { readonly name: string; readonly channels: number };

/**
 * Builds a ResNet of basic blocks or bottlenecks, with as many blocks in each stage as the parameters have.
 *
 * @param file - the name of the parameters' file in error messages
 * @throws GraphError WEIGHTS_UNSUPPORTED if the parameters are not those of such a network
 */
export function buildResNet(tensors: StateDict, file: string, options: ResNetOptions): BuiltResNet {
  const built = buildResNetGraph(tensors, file, options, "folded");
  return { ...built, model: writeModel(built.graph) };
}

/**
 * Like {@link buildResNet}, without writing a file.
 *
 * @param normalisation - whether each batch normalisation is folded into the convolution before it, or kept. If kept,
 *   all constants have the names that TorchVision gives them, so that they can be trained.
 */
export function buildResNetGraph(
  tensors: StateDict,
  file: string,
  options: ResNetOptions,
  normalisation: "folded" | "kept",
): ResNetGraph {
  const weights = new ResNetWeights(toTorchVisionNames(tensors), file);
  const layout = readLayout(weights);
  const { bottleneck } = layout;
  const architecture = nameArchitecture(layout);

  const graph = new GraphBuilder();
  const convolve = normalisation === "folded" ? convolveFolded : convolveKept;
  const { inputSize, enlargeTo } = options;
  const start = enlargeTo === undefined ? "input" : enlarge(graph, enlargeTo);
  const stem = weights.takeConvolution("conv1", "bn1", {
    into: IMAGE_CHANNELS,
    kernel: STEM_KERNEL,
  });
  const convolved = convolve(graph, start, "conv1", stem, 2);
  const pool = { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] };
  const pooledStem = graph.add("MaxPool", [relu(graph, convolved)], "maxpool", ints(pool));
  let at: Feature = { name: pooledStem, channels: widthOf(stem) };
  layout.blocks.forEach((count, stage) => {
    for (let block = 0; block < count; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      at = addBlock(graph, weights, convolve, at, {
        name: `layer${stage + 1}.${block}`,
        stride,
        bottleneck,
      });
    }
  });

  const features = graph.add("Identity", [at.name], "features");
  const pooled = graph.add("GlobalAveragePool", [features], "pooled");
  const embedding = graph.add("Flatten", [pooled], "embedding", { axis: { int: 1 } });
  const head = weights.take("fc.weight", 2);
  const bias = weights.take("fc.bias", 1);
  weights.finish();
  const [classes = 0, width = 0] = head.shape;
  weights.expectChannels("fc.weight", width, at.channels);
  graph.add(
    "Gemm",
    [
      embedding,
      graph.floats("fc.weight", head.shape, head.data),
      graph.floats("fc.bias", bias.shape, bias.data),
    ],
    "logits",
    { transB: { int: 1 } },
  );
  // The stem, the pooling and three of the stages each halve the side, rounding up.
  const side = Math.ceil((enlargeTo ?? inputSize) / 32);
  const input = { name: "input", shape: [1, 3, inputSize, inputSize] };
  const built = graph.build(architecture, input, [
    { name: "logits", shape: [1, classes] },
    { name: "embedding", shape: [1, width] },
    { name: "features", shape: [1, width, side, side] },
  ]);
  return {
    graph: built,
    architecture,
    head: { shape: [classes, width], data: head.data },
  };
}

/** Adds the convolutions of a block, the parallel shortcut, their sum, and a ReLU. */
function addBlock(
  graph: GraphBuilder,
  weights: ResNetWeights,
  convolve: typeof convolveFolded,
  input: Feature,
  block: { readonly name: string; readonly stride: number; readonly bottleneck: boolean },
): Feature {
  const { name, stride, bottleneck } = block;
  const strides = bottleneck ? [1, stride, 1] : [stride, 1];
  let at = input;
  strides.forEach((step, i) => {
    const conv = `${name}.conv${i + 1}`;
    const convolution = weights.takeConvolution(conv, `${name}.bn${i + 1}`, {
      into: at.channels,
      kernel: bottleneck && i !== 1 ? 1 : 3,
      grouped: bottleneck && i === 1,
    });
    const convolved = convolve(graph, at.name, conv, convolution, step);
    at = {
      name: i < strides.length - 1 ? relu(graph, convolved) : convolved,
      channels: widthOf(convolution),
    };
  });
  const { channels } = at;
  let shortcut = input.name;
  const projected = stride > 1 || channels !== input.channels;
  if (projected || weights.has(`${name}.downsample.0.weight`)) {
    const [conv, norm] = [`${name}.downsample.0`, `${name}.downsample.1`];
    const projection = weights.takeConvolution(conv, norm, {
      into: input.channels,
      kernel: 1,
    });
    weights.expectChannels(`${conv}.weight`, widthOf(projection), channels);
    shortcut = convolve(graph, input.name, `${name}.downsample`, projection, stride);
  }
  return { name: relu(graph, graph.add("Add", [at.name, shortcut], `${name}.add`)), channels };
}

function widthOf({ weight }: Convolution): number {
  return weight.shape[0] as number;
}

function convolveFolded(
  graph: GraphBuilder,
  input: string,
  name: string,
  convolution: Convolution,
  stride: number,
): string {
  const { weight, normalisation } = convolution;
  const folded = foldNormalisation(weight.data, undefined, normalisation);
  const parameters = [
    graph.floats(`${name}.weight`, weight.shape, folded.weight),
    graph.floats(`${name}.bias`, [folded.bias.length], folded.bias),
  ];
  return graph.add("Conv", [input, ...parameters], name, describe(convolution, stride));
}

function convolveKept(
  graph: GraphBuilder,
  input: string,
  name: string,
  convolution: Convolution,
  stride: number,
): string {
  const { weight, normalisation, names } = convolution;
  const { gamma, beta, mean, variance, epsilon } = normalisation;
  const parameter = graph.floats(`${names.convolution}.weight`, weight.shape, weight.data);
  const attributes = describe(convolution, stride);
  const convolved = graph.add("Conv", [input, parameter], `${name}.convolved`, attributes);
  const parameters = Object.entries({
    weight: gamma,
    bias: beta,
    running_mean: mean,
    running_var: variance,
  }).map(([part, data]) => graph.floats(`${names.normalisation}.${part}`, [data.length], data));
  return graph.add("BatchNormalization", [convolved, ...parameters], name, {
    epsilon: { float: epsilon },
  });
}

function describe({ weight, groups }: Convolution, stride: number): Attributes {
  const kernel = weight.shape[3] as number;
  const pad = (kernel - 1) / 2;
  const shape = {
    kernel_shape: [kernel, kernel],
    pads: [pad, pad, pad, pad],
    strides: [stride, stride],
  };
  return { ...ints(shape), ...(groups > 1 ? { group: { int: groups } } : {}) };
}

function relu(graph: GraphBuilder, input: string): string {
  return graph.add("Relu", [input], `${input}.relu`);
}

function enlarge(graph: GraphBuilder, side: number): string {
  const sizes = graph.integers("enlarge.sizes", [1, 3, side, side]);
  return graph.add("Resize", ["input", "", "", sizes], "enlarged", {
    mode: { text: "cubic" },
    coordinate_transformation_mode: { text: "half_pixel" },
    cubic_coeff_a: { float: CUBIC_COEFFICIENT },
  });
}

function ints(lists: Readonly<Record<string, readonly number[]>>) {
  return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, { ints: list }]));
}
