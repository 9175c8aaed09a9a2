/** The blocks of a ResNet, by the names of its parameters, and what such a network is called. */
import type { ResNetWeights } from "./resnet-weights.ts";

export type ResNetLayout = {
  /** The number of blocks in each of the four stages. */
  readonly blocks: readonly number[];
  /** Whether the blocks are bottlenecks (1x1, 3x3, 1x1), not basic blocks (3x3, 3x3). */
  readonly bottleneck: boolean;
};

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
    bottleneck: weights.has("layer1.0.conv3.weight"),
  };
}

/** `ResNet-18`; `ResNet 2-2-2-3 (basic blocks)` if the counts are not those of a standard ResNet. */
export function nameArchitecture({ blocks, bottleneck }: ResNetLayout): string {
  const counts = blocks.join("-");
  const standard = (bottleneck ? BOTTLENECK : BASIC)[counts];
  return standard ?? `ResNet ${counts} (${bottleneck ? "bottlenecks" : "basic blocks"})`;
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
