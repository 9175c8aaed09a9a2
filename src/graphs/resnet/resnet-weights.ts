/** The parameters of a ResNet, with TorchVision's names. */
import type { Normalisation } from "../fold-normalisation.ts";
import { GraphError } from "../graph-error.ts";
import type { StateDict, Tensor } from "../safetensors/read-safetensors.ts";

/** A convolution without a bias, and the batch normalisation after it. */
export type Convolution = {
  /** [out, in, k, k] */
  readonly weight: Tensor;
  readonly normalisation: Normalisation;
  /** The number of groups of channels, each of which is computed from its own part of the input. */
  readonly groups: number;
  /** The names of both, before `.weight`. */
  readonly names: { readonly convolution: string; readonly normalisation: string };
};

/** The default of PyTorch. */
const EPSILON = 1e-5;

/** Takes parameters one by one, so that {@link finish} can detect unused ones. */
export class ResNetWeights {
  readonly #tensors: StateDict;
  readonly #file: string;
  readonly #taken = new Set<string>();

  constructor(tensors: StateDict, file: string) {
    this.#tensors = tensors;
    this.#file = file;
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  names(): string[] {
    return [...this.#tensors.keys()];
  }

  /** @throws GraphError WEIGHTS_UNSUPPORTED if it is missing or does not have `dimensions` dimensions */
  take(name: string, dimensions: number): Tensor {
    const tensor = this.#tensors.get(name);
    this.#taken.add(name);
    if (!tensor) throw this.unknown(`it has no ${name}`);
    if (tensor.shape.length !== dimensions) {
      throw this.unknown(`${name} has the shape [${tensor.shape.join(", ")}]`);
    }
    return tensor;
  }

  /**
   * Takes a convolution without a bias, and its batch normalisation.
   *
   * @param expected.into - the number of its input channels
   * @param expected.kernel - the side of its kernel
   * @param expected.grouped - whether the channels may be in groups, as those of a ResNeXt are
   * @throws GraphError WEIGHTS_UNSUPPORTED
   */
  takeConvolution(
    convolution: string,
    normalisation: string,
    expected: { readonly into: number; readonly kernel: number; readonly grouped?: boolean },
  ): Convolution {
    const { into, kernel, grouped = false } = expected;
    const { shape, data } = this.take(`${convolution}.weight`, 4);
    const [channels = 0, inputs = 0, height, width] = shape;
    if (height !== kernel || width !== kernel) {
      throw this.unknown(
        `the kernel of ${convolution}.weight is ${height}x${width}, not ${kernel}x${kernel}`,
      );
    }
    const groups = into / inputs;
    const fits = grouped && Number.isInteger(groups) && channels % groups === 0;
    if (!fits) this.expectChannels(`${convolution}.weight`, inputs, into);
    const [gamma, beta, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map(
      (part) => {
        const tensor = this.take(`${normalisation}.${part}`, 1);
        if (tensor.shape[0] === channels) return tensor.data;
        throw this.unknown(
          `${normalisation}.${part} has ${tensor.shape[0]} values, not ${channels}`,
        );
      },
    ) as [Float32Array, Float32Array, Float32Array, Float32Array];
    return {
      weight: { shape, data },
      normalisation: { gamma, beta, mean, variance, epsilon: EPSILON },
      groups,
      names: { convolution, normalisation },
    };
  }

  /** @throws GraphError WEIGHTS_UNSUPPORTED if a parameter does not fit those beside it */
  expectChannels(name: string, found: number, expected: number): void {
    if (found !== expected) throw this.unknown(`${name} has ${found} channels, not ${expected}`);
  }

  /** @throws GraphError WEIGHTS_UNSUPPORTED if a parameter was not taken, so the network is a different one */
  finish(): void {
    const left = [...this.#tensors.keys()].filter((name) => !this.#taken.has(name));
    if (left.length > 0) throw this.unknown(`it also has ${left.slice(0, 5).join(", ")}`);
  }

  /** Makes the error for parameters that are not those of a ResNet. */
  unknown(reason: string): GraphError {
    return new GraphError("WEIGHTS_UNSUPPORTED", {
      what: `${this.#file} is not a supported ResNet.`,
      why: `ResNets of basic blocks or bottlenecks with the parameter names of TorchVision or Hugging Face are supported, but ${reason}.`,
      fix: "Export the network as .onnx, for example with torch.onnx.export, and give that file.",
    });
  }
}
