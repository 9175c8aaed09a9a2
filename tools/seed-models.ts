/** Puts the embedded models into an R2 bucket, unless they are there already. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ALIASES_KEY, aliasesSchema } from "../src/models/aliases.ts";
import { versionName } from "../src/models/version-ref.ts";
import { EMBEDDED_ALIASES, listEmbeddedModels, readEmbeddedVersion } from "./embedded-models.ts";

/** The part of R2 that seeding needs; a Worker's binding has it, and a local proxy of one. */
export type SeedBucket = {
  head(key: string): Promise<{ readonly etag: string } | null>;
  put(key: string, value: Uint8Array): Promise<unknown>;
};

export type SeedReport = {
  /** Keys of objects. */
  readonly written: readonly string[];
  readonly present: readonly string[];
  /** The models that have no file for LiteRT, one sentence each. */
  readonly notes: readonly string[];
};

/**
 * Uploads every object of the embedded models that the bucket lacks or has with other content, and `aliases.json` if
 * there is none: an operator's aliases are never overwritten. The manifest goes last, so that an interrupted
 * run leaves no version that looks complete.
 *
 * @throws CliError HASH_MISMATCH if a file in models/ is not the one that its manifest describes
 */
export async function seedModels(bucket: SeedBucket): Promise<SeedReport> {
  const written: string[] = [];
  const present: string[] = [];
  const notes: string[] = [];
  const ensure = async (key: string, bytes: Uint8Array) => {
    const there = await bucket.head(key);
    // R2's etag of an object put in one piece is the MD5 of its content.
    if (there?.etag === createHash("md5").update(bytes).digest("hex")) {
      present.push(key);
      return;
    }
    await bucket.put(key, bytes);
    written.push(key);
  };
  for (const folder of await listEmbeddedModels()) {
    const { objects, problem } = await readEmbeddedVersion(folder);
    for (const [key, bytes] of objects) await ensure(key, bytes);
    if (problem === undefined) continue;
    notes.push(`${versionName(folder.manifest)} has no file for LiteRT: ${problem}`);
  }
  await seedAliases(bucket, written, present);
  return { written, present, notes };
}

async function seedAliases(
  bucket: SeedBucket,
  written: string[],
  present: string[],
): Promise<void> {
  if (await bucket.head(ALIASES_KEY)) {
    present.push(ALIASES_KEY);
    return;
  }
  const bytes = await readFile(EMBEDDED_ALIASES);
  aliasesSchema.parse(JSON.parse(bytes.toString("utf8")));
  await bucket.put(ALIASES_KEY, bytes);
  written.push(ALIASES_KEY);
}
