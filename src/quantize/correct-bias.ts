import { intOf } from "../graphs/graph.ts";
import type { PlannedNode } from "./plan.ts";

/**
 * Corrects the bias of a layer for the mean error that rounding its weights causes in its output:
 * `b − (W̃ − W)·E[x]`, for each output channel. Padding is ignored.
 *
 * Source: Nagel et al. 2019, "Data-free quantization through weight equalization and bias correction",
 * section 4.2, but with measured means.
 *
 * @param rounded - the dequantised weights, in the layout of the original weights
 * @param inputMeans - the mean of each input channel
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
