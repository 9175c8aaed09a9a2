/**
 * Computes the logits of a ResNet from its parameters, written from the definition of each layer: no graph, no
 * folding, float64. It is slow, so use it for tiny networks only.
 */
import type { StateDict, Tensor } from "../../src/graphs/safetensors/read-safetensors.ts";

/** [channels, side, side] */
type Maps = { readonly channels: number; readonly side: number; readonly data: Float64Array };

const EPSILON = 1e-5;

/** @param image - [3, side, side] */
export function computeResNet(tensors: StateDict, image: Float32Array, side: number): number[] {
  const take = (name: string): Tensor => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`There is no ${name}.`);
    return tensor;
  };
  const layer = (input: Maps, conv: string, norm: string, stride: number) =>
    normalise(convolve(input, take(`${conv}.weight`), stride), norm, take);

  let at: Maps = { channels: 3, side, data: Float64Array.from(image) };
  at = maxPool(relu(layer(at, "conv1", "bn1", 2)));
  for (let stage = 1; tensors.has(`layer${stage}.0.conv1.weight`); stage++) {
    for (let block = 0; tensors.has(`layer${stage}.${block}.conv1.weight`); block++) {
      const name = `layer${stage}.${block}`;
      const stride = stage > 1 && block === 0 ? 2 : 1;
      const deep = tensors.has(`${name}.conv3.weight`);
      let main = relu(layer(at, `${name}.conv1`, `${name}.bn1`, deep ? 1 : stride));
      main = layer(main, `${name}.conv2`, `${name}.bn2`, deep ? stride : 1);
      if (deep) main = layer(relu(main), `${name}.conv3`, `${name}.bn3`, 1);
      const shortcut = tensors.has(`${name}.downsample.0.weight`)
        ? layer(at, `${name}.downsample.0`, `${name}.downsample.1`, stride)
        : at;
      const sum = main.data.map((value, i) => value + (shortcut.data[i] as number));
      at = relu({ ...main, data: sum });
    }
  }
  const { channels, data } = at;
  const area = at.side ** 2;
  const embedding = Array.from({ length: channels }, (_, c) =>
    data.subarray(c * area, (c + 1) * area).reduce((sum, value) => sum + value / area, 0),
  );
  const { data: weight } = take("fc.weight");
  return Array.from(take("fc.bias").data, (bias, row) =>
    embedding.reduce((sum, value, c) => sum + value * (weight[row * channels + c] as number), bias),
  );
}

function convolve(
  { channels, side, data }: Maps,
  { shape, data: w }: Tensor,
  stride: number,
): Maps {
  const [outputs, inputs, kernel] = shape as [number, number, number, number];
  const perGroup = outputs / (channels / inputs);
  const pad = (kernel - 1) / 2;
  return fill(outputs, Math.floor((side + 2 * pad - kernel) / stride) + 1, (out, y, x) => {
    let sum = 0;
    for (let c = 0; c < inputs; c++) {
      const channel = Math.floor(out / perGroup) * inputs + c;
      for (let ky = 0; ky < kernel; ky++) {
        for (let kx = 0; kx < kernel; kx++) {
          const [row, column] = [y * stride + ky - pad, x * stride + kx - pad];
          if (row < 0 || row >= side || column < 0 || column >= side) continue;
          const value = data[(channel * side + row) * side + column] as number;
          sum += value * (w[((out * inputs + c) * kernel + ky) * kernel + kx] as number);
        }
      }
    }
    return sum;
  });
}

function normalise(maps: Maps, norm: string, take: (name: string) => Tensor): Maps {
  const [gamma, beta, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map(
    (part) => take(`${norm}.${part}`).data,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const data = maps.data.map((value, i) => {
    const c = Math.floor(i / maps.side ** 2);
    const centred = value - (mean[c] as number);
    const scaled = centred / Math.sqrt((variance[c] as number) + EPSILON);
    return scaled * (gamma[c] as number) + (beta[c] as number);
  });
  return { ...maps, data };
}

/** 3x3, stride 2, one pixel of padding. */
function maxPool({ channels, side, data }: Maps): Maps {
  return fill(channels, Math.floor((side - 1) / 2) + 1, (c, y, x) => {
    let max = Number.NEGATIVE_INFINITY;
    for (let row = Math.max(0, 2 * y - 1); row <= Math.min(side - 1, 2 * y + 1); row++) {
      for (let column = Math.max(0, 2 * x - 1); column <= Math.min(side - 1, 2 * x + 1); column++) {
        max = Math.max(max, data[(c * side + row) * side + column] as number);
      }
    }
    return max;
  });
}

function relu(maps: Maps): Maps {
  return { ...maps, data: maps.data.map((value) => Math.max(0, value)) };
}

function fill(
  channels: number,
  side: number,
  value: (channel: number, y: number, x: number) => number,
): Maps {
  const data = new Float64Array(channels * side * side);
  let i = 0;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) data[i++] = value(c, y, x);
    }
  }
  return { channels, side, data };
}
