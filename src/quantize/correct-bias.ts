import { intOf } from "../graphs/graph.ts";
import type { PlannedNode } from "./plan.ts";

/**
 * Takes out of a layer's bias what rounding its weights adds to its output on average:
 * `b − (W̃ − W)·E[x]`, for each output channel. Padding is left out of account.
 *
 * Source: Nagel et al. 2019, "Data-free quantization through weight equalization and bias correction",
 * section 4.2, with means that were measured.
 *
 * @param rounded - the weights that the integers stand for
 * @param inputMeans - mean of each input channel
 * @returns [N]
 */
export function correctBias(
  { node, weight }: PlannedNode & { kind: "weighted" },
  bias: Float32Array,
  rounded: Float32Array,
  inputMeans: Float64Array,
): Float32Array {
  const [outputs = 0, inputsPerGroup = 0] = weight.shape;
  const outputsPerGroup = outputs / intOf(node, "group", 1);
  const kernelSize = weight.data.length / outputs / inputsPerGroup;
  return bias.map((value, output) => {
    const firstInput = Math.floor(output / outputsPerGroup) * inputsPerGroup;
    let shift = 0;
    for (let input = 0; input < inputsPerGroup; input++) {
      const start = (output * inputsPerGroup + input) * kernelSize;
      let error = 0;
      for (let i = start; i < start + kernelSize; i++) {
        error += (rounded[i] as number) - (weight.data[i] as number);
      }
      shift += error * (inputMeans[firstInput + input] as number);
    }
    return value - shift;
  });
}
