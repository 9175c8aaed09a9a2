/** Whether a model can answer: its graph, its outputs and its classes are what its manifest says. */

import { ModelError } from "../../src/errors.ts";
import { loadNetwork, type NetworkOutputs } from "../../src/inference/network.ts";
import { selectClassLabels } from "../../src/labels/class-labels.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { versionName } from "../../src/models/version-ref.ts";
import { CliError } from "../cli-error.ts";
import { readLabelTable } from "../platform/label-table.ts";
import { startNodeRuntime } from "../platform/node-runtime.ts";

/**
 * Loads a model as the Worker does, and runs it once.
 *
 * @param model - bytes of its graph
 * @throws CliError where it cannot answer
 */
export async function checkModel(manifest: ModelManifest, model: Uint8Array): Promise<void> {
  const name = versionName(manifest);
  try {
    const labels = selectClassLabels(await readLabelTable(), manifest.labels.synsets);
    const network = await loadNetwork(await startNodeRuntime(), model, {
      inputName: manifest.input.name,
      inputShape: manifest.input.shape,
      outputs: manifest.outputs,
      classCount: labels.length,
    });
    const size = manifest.input.shape.reduce((product, side) => product * side, 1);
    const outputs = await network.run(new Float32Array(size)).finally(() => network.release());
    requireUsable(manifest, outputs);
  } catch (error) {
    const known = error instanceof ModelError || error instanceof RangeError;
    if (!known && !(error instanceof Error)) throw error;
    throw new CliError(
      `${name} could not answer.`,
      error.message,
      "Make the folder again with model quantize; publish only what can answer.",
      error,
    );
  }
}

function requireUsable(manifest: ModelManifest, { logits, embedding, features }: NetworkOutputs) {
  if (!logits.every(Number.isFinite)) {
    throw new RangeError("For a grey image its logits are not finite numbers.");
  }
  const width = manifest.files.head?.shape[1];
  const widths = [
    ["embedding", manifest.outputs.embedding, embedding?.length],
    ["features", manifest.outputs.features, features?.channels],
  ] as const;
  for (const [what, named, actual] of widths) {
    if (named === undefined || width === undefined || actual === width) continue;
    throw new RangeError(
      `Its ${what} have ${actual ?? 0} channels, but the head in the manifest has ${width}.`,
    );
  }
}
