import { env } from "cloudflare:workers";
import type { StoredAliases } from "../../../src/models/aliases.ts";
import type { ModelManifest } from "../../../src/models/manifest.ts";
import { versionFileKey } from "../../../src/models/version-ref.ts";
import { makeSmallModel } from "../../support/small-model.ts";
import { readRepoFile, readRepoJson } from "./repo-file.ts";

/** Publishes a copy of an embedded model as another version, optionally with a changed manifest or broken files, or without a file for LiteRT. */
export async function publishCopy(
  id: string,
  version: string,
  {
    manifest = {},
    breakFile = false,
    withLitert = true,
  }: { manifest?: object; breakFile?: boolean; withLitert?: boolean } = {},
): Promise<void> {
  const keys = env.EMBEDDED_KEYS.filter((key) => key.startsWith(`models/${id}/`));
  const manifestKey = keys.find((key) => key.endsWith("/manifest.json")) as string;
  const original = await readRepoJson<ModelManifest>(manifestKey);
  for (const key of keys) {
    if (key === manifestKey) continue;
    const file = key.slice(key.lastIndexOf("/") + 1);
    const bytes = await readRepoFile(key);
    if (breakFile) bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    await env.MODELS.put(versionFileKey({ id, version }, file), bytes);
  }
  const { litert, ...files } = original.files;
  const listed = withLitert && litert ? { ...files, litert } : files;
  const changed = { ...original, version, files: listed, ...manifest };
  await env.MODELS.put(versionFileKey({ id, version }, "manifest.json"), JSON.stringify(changed));
}

/** Writes `aliases.json`. */
export async function putAliases(aliases: Omit<StoredAliases, "schemaVersion">): Promise<void> {
  await env.MODELS.put("aliases.json", JSON.stringify({ schemaVersion: 1, ...aliases }));
}

/** Publishes a model with few classes, whose graph starts with a Resize, optionally with a changed manifest. */
export async function publishSmall(version = "1.0.0", changes: object = {}): Promise<void> {
  const { manifest, files } = await makeSmallModel({ id: "small", version, enlarge: true });
  for (const [path, bytes] of files) await env.MODELS.put(versionFileKey(manifest, path), bytes);
  const changed = JSON.stringify({ ...manifest, ...changes });
  await env.MODELS.put(versionFileKey(manifest, "manifest.json"), changed);
}
