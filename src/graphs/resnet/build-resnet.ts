/**
 * Builds the ONNX graph of a ResNet from torchvision's parameters.
 *
 * Source: He et al. 2015, "Deep residual learning for image recognition". As in torchvision, the stride of a
 * bottleneck is in its 3x3 convolution.
 */
import { GraphBuilder } from "../graph-builder.ts";
import { writeModel } from "../onnx/write-model.ts";
import type { StateDict } from "../safetensors/read-safetensors.ts";
import { type Convolution, ResNetWeights } from "./resnet-weights.ts";

export type ResNetOptions = {
  /** Side of the square input in pixels. */
  readonly inputSize: number;
  /** If given, a cubic Resize enlarges the input to this side before the first convolution. */
  readonly enlargeTo?: number;
};

export type BuiltResNet = {
  /** An ONNX file: `input` [1, 3, S, S] to `logits` [1, N], `embedding` [1, D] and `features` [1, D, h, w]. */
  readonly model: Uint8Array<ArrayBuffer>;
  readonly architecture: string;
  /** The rows of the final linear classifier, [N, D]. */
  readonly head: { readonly shape: readonly [number, number]; readonly data: Float32Array };
};

const STAGES = [1, 2, 3, 4];
/** Architectures by the number of blocks in each stage, and whether they are bottlenecks. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  "2,2,2,2": "ResNet-18",
  "3,4,6,3": "ResNet-34",
  "3,4,6,3,bottleneck": "ResNet-50",
};
/** The coefficient of PyTorch's bicubic interpolation, and the default of ONNX. */
const CUBIC_COEFFICIENT = -0.75;

/**
 * Builds ResNet-18, 34 or 50, depending on the parameters.
 *
 * @param file - the name of the parameters' file in error messages
 * @throws GraphError WEIGHTS_UNSUPPORTED if the parameters do not belong to one of these
 */
export function buildResNet(tensors: StateDict, file: string, options: ResNetOptions): BuiltResNet {
  const weights = new ResNetWeights(tensors, file);
  const blocks = STAGES.map((stage) => countBlocks(weights, stage));
  const bottleneck = weights.has("layer1.0.conv3.weight");
  const architecture = ARCHITECTURES[[...blocks, ...(bottleneck ? ["bottleneck"] : [])].join()];
  if (architecture === undefined) throw weights.unknown(`it has ${blocks.join(", ")} blocks`);

  const graph = new GraphBuilder();
  const { inputSize, enlargeTo } = options;
  const start = enlargeTo === undefined ? "input" : enlarge(graph, enlargeTo);
  const stem = convolve(graph, start, "conv1", weights.takeConvolution("conv1", "bn1"), 2);
  const pool = { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] };
  let at = graph.add("MaxPool", [relu(graph, stem)], "maxpool", ints(pool));
  STAGES.forEach((stage, i) => {
    for (let block = 0; block < (blocks[i] as number); block++) {
      const stride = block === 0 && stage > 1 ? 2 : 1;
      at = addBlock(graph, weights, at, { name: `layer${stage}.${block}`, stride, bottleneck });
    }
  });

  const features = graph.add("Identity", [at], "features");
  const pooled = graph.add("GlobalAveragePool", [features], "pooled");
  const embedding = graph.add("Flatten", [pooled], "embedding", { axis: { int: 1 } });
  const head = weights.take("fc.weight", 2);
  const bias = weights.take("fc.bias", 1);
  weights.finish();
  const [classes = 0, width = 0] = head.shape;
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
    model: writeModel(built),
    architecture,
    head: { shape: [classes, width], data: head.data },
  };
}

function countBlocks(weights: ResNetWeights, stage: number): number {
  let count = 0;
  while (weights.has(`layer${stage}.${count}.conv1.weight`)) count++;
  return count;
}

/** Adds the convolutions of a block, the parallel shortcut, their sum, and a ReLU. */
function addBlock(
  graph: GraphBuilder,
  weights: ResNetWeights,
  input: string,
  block: { readonly name: string; readonly stride: number; readonly bottleneck: boolean },
): string {
  const { name, stride, bottleneck } = block;
  const strides = bottleneck ? [1, stride, 1] : [stride, 1];
  let at = input;
  strides.forEach((step, i) => {
    const convolution = weights.takeConvolution(`${name}.conv${i + 1}`, `${name}.bn${i + 1}`);
    at = convolve(graph, at, `${name}.conv${i + 1}`, convolution, step);
    if (i < strides.length - 1) at = relu(graph, at);
  });
  let shortcut = input;
  if (weights.has(`${name}.downsample.0.weight`)) {
    const projection = weights.takeConvolution(`${name}.downsample.0`, `${name}.downsample.1`);
    shortcut = convolve(graph, input, `${name}.downsample`, projection, stride);
  }
  return relu(graph, graph.add("Add", [at, shortcut], `${name}.add`));
}

function convolve(
  graph: GraphBuilder,
  input: string,
  name: string,
  { weight, bias }: Convolution,
  stride: number,
): string {
  const kernel = weight.shape[3] as number;
  const pad = (kernel - 1) / 2;
  const inputs = [
    input,
    graph.floats(`${name}.weight`, weight.shape, weight.data),
    graph.floats(`${name}.bias`, [bias.length], bias),
  ];
  const shape = {
    kernel_shape: [kernel, kernel],
    pads: [pad, pad, pad, pad],
    strides: [stride, stride],
  };
  return graph.add("Conv", inputs, name, ints(shape));
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
