import { ModelError } from "../errors.ts";
import { ENGINES, type EngineName, type EngineSetting } from "../inference/engines/engine.ts";
import type { ModelManifest } from "./manifest.ts";
import { versionName } from "./version-ref.ts";

/** From the fastest to the one that runs everything. */
const PREFERENCE: readonly EngineName[] = ["litert", "onnxruntime"];

/**
 * Chooses the engine that runs a version.
 *
 * @param isUsable - whether "auto" may take an engine; it is not asked about ONNX Runtime
 * @throws ModelError MODEL_UNAVAILABLE if the version has no file for the engine that is set
 */
export function chooseEngine(
  setting: EngineSetting,
  manifest: ModelManifest,
  isUsable: (name: EngineName) => boolean,
): EngineName {
  const hasFile = (name: EngineName) => manifest.files[ENGINES[name].file] !== undefined;
  if (setting === "auto") {
    const usable = PREFERENCE.find((name) => hasFile(name) && isUsable(name));
    return usable ?? "onnxruntime";
  }
  if (hasFile(setting)) return setting;
  throw new ModelError(
    "MODEL_UNAVAILABLE",
    `${versionName(manifest)} has no file for ${ENGINES[setting].title}, which is the only engine in use. Use another model, publish this one again, or choose the engine "auto".`,
  );
}
