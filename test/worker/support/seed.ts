import { env } from "cloudflare:workers";
import { versionFileKey } from "../../../src/models/version-ref.ts";
import { readRepoFile } from "./repo-file.ts";

/** R2 key of the model file of the default model. */
export const DEFAULT_MODEL_KEY = versionFileKey(
  { id: "efficientnet-lite0", version: "1.0.0" },
  "int8.onnx",
);

/** Seeds the bucket of the tests, as `npm run seed` seeds the local one. */
export async function seedBucket(): Promise<void> {
  for (const id of ["efficientnet-lite0", "resnet18-in277"]) {
    for (const file of ["int8.onnx", "head.f16.bin", "manifest.json"]) {
      const bytes = await readRepoFile(`models/${id}/${file}`);
      await env.MODELS.put(versionFileKey({ id: id, version: "1.0.0" }, file), bytes);
    }
  }
  await env.MODELS.put("aliases.json", await readRepoFile("models/aliases.json"));
}
