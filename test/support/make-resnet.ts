/** Deterministic random weights of a ResNet, with TorchVision's names. */
import type { StateDict, Tensor } from "../../src/graphs/safetensors/read-safetensors.ts";
import { makeRandom } from "./made-up.ts";

/** The number of blocks in each stage, and whether they are bottlenecks. */
export type MadeUpLayout = {
  readonly blocks: readonly number[];
  readonly bottleneck: boolean;
  /** As a ResNeXt has them. */
  readonly groups?: number;
  /** As a Wide ResNet has it. */
  readonly widening?: number;
};

const STANDARD = {
  18: { blocks: [2, 2, 2, 2], bottleneck: false },
  34: { blocks: [3, 4, 6, 3], bottleneck: false },
  50: { blocks: [3, 4, 6, 3], bottleneck: true },
  101: { blocks: [3, 4, 23, 3], bottleneck: true },
  152: { blocks: [3, 8, 36, 3], bottleneck: true },
} as const satisfies Readonly<Record<number, MadeUpLayout>>;

/**
 * @param layout - a standard depth, or the blocks of another network
 * @param width - number of channels of the first stage; 64 in TorchVision
 */
export function makeResNet(
  layout: keyof typeof STANDARD | MadeUpLayout,
  { width, classes }: { readonly width: number; readonly classes: number },
): StateDict {
  const made: MadeUpLayout = typeof layout === "number" ? STANDARD[layout] : layout;
  const { blocks, bottleneck, groups = 1, widening = 1 } = made;
  const tensors = new Map<string, Tensor>();
  const expansion = bottleneck ? 4 : 1;
  const random = makeRandom();
  const put = (name: string, shape: number[], value: () => number) => {
    const length = shape.reduce((product, side) => product * side, 1);
    tensors.set(name, { shape, data: Float32Array.from({ length }, value) });
  };
  const convolution = (name: string, norm: string, out: number, into: number, k: number) => {
    const deviation = Math.sqrt(2 / (into * k * k));
    put(`${name}.weight`, [out, into, k, k], () => (random() - 0.5) * 2 * deviation);
    put(`${norm}.weight`, [out], () => 0.5 + random());
    put(`${norm}.bias`, [out], () => random() - 0.5);
    put(`${norm}.running_mean`, [out], () => random() - 0.5);
    put(`${norm}.running_var`, [out], () => 0.5 + random());
  };
  convolution("conv1", "bn1", width, 3, 7);
  let into = width;
  blocks.forEach((count, stage) => {
    const inner = width * 2 ** stage;
    const out = inner * expansion;
    for (let block = 0; block < count; block++) {
      const name = `layer${stage + 1}.${block}`;
      if (bottleneck) {
        const wide = inner * widening;
        convolution(`${name}.conv1`, `${name}.bn1`, wide, into, 1);
        convolution(`${name}.conv2`, `${name}.bn2`, wide, wide / groups, 3);
        convolution(`${name}.conv3`, `${name}.bn3`, out, wide, 1);
      } else {
        convolution(`${name}.conv1`, `${name}.bn1`, inner, into, 3);
        convolution(`${name}.conv2`, `${name}.bn2`, inner, inner, 3);
      }
      if (block === 0 && (into !== out || stage > 0)) {
        convolution(`${name}.downsample.0`, `${name}.downsample.1`, out, into, 1);
      }
      into = out;
    }
  });
  put("fc.weight", [classes, into], () => random() - 0.5);
  put("fc.bias", [classes], () => random() - 0.5);
  return tensors;
}
