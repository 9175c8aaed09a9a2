import { loadNetwork, type Network } from "../inference/network.ts";
import type { Runtime } from "../inference/runtime.ts";
import type { ModelManifest } from "./manifest.ts";

/**
 * Makes a network from the bytes of a model's graph, as its manifest describes it.
 *
 * @throws ModelError MODEL_UNAVAILABLE if the graph cannot be loaded or does not fit the manifest
 */
export function loadModel(
  runtime: Runtime,
  bytes: Uint8Array,
  { input, outputs }: ModelManifest,
  classCount: number,
): Promise<Network> {
  const spec = { inputName: input.name, inputShape: input.shape, outputs, classCount };
  return loadNetwork(runtime, bytes, spec);
}
