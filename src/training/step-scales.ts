/**
 * How far each channel of a convolution moves in a step.
 *
 * A batch normalisation lets weights of any size do the same, so networks are trained with weights of about one size.
 * Once it is folded into the weights, their sizes differ up to thirtyfold, and a learning rate that hardly changes one
 * layer destroys another. The scales restore what it did: each channel is trained as a scale, which stays as it is,
 * times weights of the size that He et al. start from.
 */
import type { Constant, Graph } from "../graphs/graph.ts";

/** A channel without weights can still learn, and nothing is divided by 0. */
const SMALLEST = 1e-3;

/**
 * Returns the scale of each channel, by the name of the weights: their root mean square, divided by `√(2 / inputs)`.
 *
 * Source: He et al. 2015, "Delving deep into rectifiers", section 2.2, for the size.
 *
 * @param graph - convolutions that a batch normalisation follows are left out
 * @param trained - names of parameters
 * @returns tensors of the shape [O, 1, 1, 1]
 */
export function findStepScales(
  graph: Graph,
  trained: ReadonlySet<string>,
): ReadonlyMap<string, Constant & { readonly type: "float" }> {
  const normalised = new Set(
    graph.nodes
      .filter(({ operator }) => operator === "BatchNormalization")
      .map(({ inputs }) => inputs[0]),
  );
  const scales = new Map<string, Constant & { readonly type: "float" }>();
  for (const { operator, inputs, outputs } of graph.nodes) {
    const weights = graph.constants.get(inputs[1] ?? "");
    if (operator !== "Conv" || weights?.type !== "float") continue;
    if (!trained.has(inputs[1] as string) || normalised.has(outputs[0] as string)) continue;
    scales.set(inputs[1] as string, scalesOf(weights));
  }
  return scales;
}

function scalesOf({ shape, data }: Constant & { readonly type: "float" }) {
  const [channels = 0] = shape;
  const inputs = data.length / channels;
  const scales = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += (data[channel * inputs + i] as number) ** 2;
    // √(sum / inputs) / √(2 / inputs)
    scales[channel] = Math.max(SMALLEST, Math.sqrt(sum / 2));
  }
  return {
    type: "float",
    shape: [channels, ...shape.slice(1).map(() => 1)],
    data: scales,
  } as const;
}
