/** Whether a model can answer: its graph, its outputs and its classes are what its manifest says. */
import { fullMessage, ModelError } from "../../src/errors.ts";
import type { NetworkOutputs } from "../../src/inference/network.ts";
import { labelClasses } from "../../src/labels/label-classes.ts";
import { loadModel } from "../../src/models/load-model.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { versionName } from "../../src/models/version-ref.ts";
import { CliError } from "../cli-error.ts";
import { readLabelSources } from "../platform/label-sources.ts";
import { startNodeRuntime } from "../platform/node-runtime.ts";

/**
 * Loads a model as the Worker does, and runs it once.
 *
 * @param model - bytes of its graph
 * @param code - of the error
 * @throws CliError if it cannot answer
 */
export async function checkModel(
  manifest: ModelManifest,
  model: Uint8Array,
  code: "MODEL_UNUSABLE" | "VERSION_UNUSABLE" = "MODEL_UNUSABLE",
): Promise<void> {
  try {
    const labels = labelClasses(manifest.labels, await readLabelSources());
    const network = await loadModel(await startNodeRuntime(), model, manifest, labels.length);
    const size = manifest.input.shape.reduce((product, side) => product * side, 1);
    const outputs = await network.run(new Float32Array(size)).finally(() => network.release());
    requireUsable(manifest, outputs);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new CliError(code, {
      what: `${versionName(manifest)} cannot answer.`,
      // Its message is for callers of the service; the cause says more.
      why: fullMessage(error instanceof ModelError ? (error.cause ?? error) : error),
      fix: "Create the model folder again with model quantize, and publish it as a new version.",
      cause: error,
    });
  }
}

function requireUsable(manifest: ModelManifest, { logits, embedding, features }: NetworkOutputs) {
  if (!logits.every(Number.isFinite)) {
    throw new RangeError("For a grey image its logits are not finite numbers.");
  }
  // Features are checked when they are read.
  const featureCount = features && features.data.length / (features.height * features.width);
  const { head } = manifest.files;
  const width = head?.shape[1];
  if (head && head.shape[0] !== logits.length) {
    throw new RangeError(
      `Its head has ${head.shape[0]} rows, but the model has ${logits.length} classes.`,
    );
  }
  const widths = [
    ["embedding has", manifest.outputs.embedding, embedding?.length],
    ["features have", manifest.outputs.features, featureCount],
  ] as const;
  for (const [what, named, actual] of widths) {
    if (named === undefined || width === undefined || actual === width) continue;
    throw new RangeError(
      `Its ${what} ${actual ?? 0} channels, but the head in the manifest has ${width}.`,
    );
  }
}
