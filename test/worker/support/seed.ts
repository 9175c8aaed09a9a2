import { env } from "cloudflare:workers";
import { versionFileKey } from "../../../src/models/version-ref.ts";
import { readRepoFile } from "./repo-file.ts";

const DEFAULT_MODEL = { id: "efficientnet-lite0", version: "1.1.0" };

/** R2 key of the model file of the default model. */
export const DEFAULT_MODEL_KEY = versionFileKey(DEFAULT_MODEL, "int8.onnx");

/** R2 key of its file for LiteRT, which is the one that is loaded by default. */
export const DEFAULT_LITERT_KEY = versionFileKey(DEFAULT_MODEL, "model.tflite");

/** Seeds the bucket of the tests, as `npm run seed` seeds the local one. */
export async function seedBucket(): Promise<void> {
  for (const key of env.EMBEDDED_KEYS) await env.MODELS.put(key, await readRepoFile(key));
}
