/** The blocks of a ResNet, by the names of its parameters, and what such a network is called. */
import type { ResNetWeights } from "./resnet-weights.ts";

export type ResNetLayout = {
  /** The number of blocks in each of the four stages. */
  readonly blocks: readonly number[];
  /** Whether the blocks are bottlenecks (1x1, 3x3, 1x1), not basic blocks (3x3, 3x3). */
  readonly bottleneck: boolean;
  /** The 3x3 convolution of a bottleneck: its groups of channels, and the channels of each in the first stage. */
  readonly cardinality: number;
  readonly groupWidth: number;
  /** The channels of the first stage's 3x3 convolution, as a multiple of a ResNet's. */
  readonly widening: number;
};

/** How many times as many channels as its 3x3 convolution a bottleneck of a ResNet puts out. */
const EXPANSION = 4;

const STAGES = [1, 2, 3, 4];
/** He et al. 2015, table 1. */
const BASIC: Readonly<Record<string, string>> = {
  "2-2-2-2": "ResNet-18",
  "3-4-6-3": "ResNet-34",
};
const BOTTLENECK: Readonly<Record<string, string>> = {
  "3-4-6-3": "ResNet-50",
  "3-4-23-3": "ResNet-101",
  "3-8-36-3": "ResNet-152",
};

/** @throws GraphError WEIGHTS_UNSUPPORTED if a stage has no blocks, or one of its blocks is missing */
export function readLayout(weights: ResNetWeights): ResNetLayout {
  return {
    blocks: STAGES.map((stage) => countBlocks(weights, stage)),
    ...readWidth(weights),
  };
}

function readWidth(weights: ResNetWeights) {
  if (!weights.has("layer1.0.conv3.weight")) {
    return { bottleneck: false, cardinality: 1, groupWidth: 0, widening: 1 };
  }
  const [width = 0, groupWidth = 0] = weights.take("layer1.0.conv2.weight", 4).shape;
  const [out = 0] = weights.take("layer1.0.conv3.weight", 4).shape;
  const cardinality = width / groupWidth;
  return { bottleneck: true, cardinality, groupWidth, widening: (width * EXPANSION) / out };
}

/**
 * `ResNet-18`, `ResNeXt-50 32x4d`, `Wide ResNet-50-2`; `ResNet 2-2-2-3 (basic blocks)` if the counts are not
 * those of a standard ResNet.
 */
export function nameArchitecture(layout: ResNetLayout): string {
  const { blocks, bottleneck, cardinality, groupWidth, widening } = layout;
  const counts = blocks.join("-");
  const standard = (bottleneck ? BOTTLENECK : BASIC)[counts];
  const plain = standard ?? `ResNet ${counts} (${bottleneck ? "bottlenecks" : "basic blocks"})`;
  if (cardinality > 1) return `${plain.replace("ResNet", "ResNeXt")} ${cardinality}x${groupWidth}d`;
  return widening === 1 ? plain : `Wide ${plain}-${widening}`;
}

function countBlocks(weights: ResNetWeights, stage: number): number {
  const found = new Set<number>();
  for (const name of weights.names()) {
    const [, layer, block] = /^layer(\d+)\.(\d+)\./.exec(name) ?? [];
    if (Number(layer) === stage) found.add(Number(block));
  }
  if (found.size === 0) throw weights.unknown(`layer${stage} has no blocks`);
  for (let block = 0; block < found.size; block++) {
    if (found.has(block)) continue;
    const last = Math.max(...found);
    throw weights.unknown(
      `layer${stage} has a block ${last} but no block ${block}: blocks are numbered from 0 without gaps`,
    );
  }
  return found.size;
}
