import { env } from "cloudflare:workers";
import { versionFileKey } from "../../../src/models/version-ref.ts";

import { readRepoFile } from "./repo-file.ts";

/** Key of the default model's graph in R2. */
export const DEFAULT_MODEL_KEY = versionFileKey(
  { id: "efficientnet-lite0", version: "1.0.0" },
  "int8.onnx",
);

/** Fills the test's bucket as `npm run seed` fills the local one. */
export async function seedBucket(): Promise<void> {
  for (const { key, path } of env.EMBEDDED_OBJECTS) {
    await env.MODELS.put(key, await readRepoFile(path));
  }
}
