import { type VersionRef, versionName } from "../../../src/models/version-ref.ts";
import { BUCKET_OPTIONS } from "../../buckets/bucket-options.ts";
import type { ModelStore } from "../../buckets/model-store.ts";
import { withStore } from "../../buckets/open-store.ts";
import { defineCommand } from "../../define-command.ts";
import { VERSION } from "../../registry/alias-arguments.ts";
import { readAliases } from "../../registry/change-aliases.ts";
import { noteLabelMap } from "../../registry/note-label-map.ts";
import {
  listVersions,
  readPublishedManifest,
  requireVersionError,
  verifyVersion,
} from "../../registry/published-versions.ts";
import { formatTable } from "../../terminal/format-table.ts";
import { ProgressBar } from "../../terminal/progress-bar.ts";

type Verified = {
  readonly version: string;
  /** Why it cannot answer. */
  readonly problem: string | null;
  /** What is wrong although it can. */
  readonly note?: string;
};

export const verify = defineCommand({
  description:
    "Read versions back and check that they can answer: a Worker has memory for them, every file has the length and SHA-256 that the manifest states, the graph runs, the classes are known, and a file for LiteRT answers as the graph does. Without a version, check all that are published or that an alias points to. The exit status is 1 if any of them fails.",
  arguments: { versions: { ...VERSION, optional: true, repeated: true } },
  options: BUCKET_OPTIONS,
  run: async ({ args, options }) => {
    const versions = await withStore(options, async (store) => {
      const refs = args.versions.length > 0 ? args.versions : await listAll(store);
      const bar = new ProgressBar("verifying", { silent: options.json, unit: "versions" });
      const results: Verified[] = [];
      for (const ref of refs) {
        results.push({ version: versionName(ref), ...(await check(store, ref)) });
        bar.update(results.length, refs.length);
      }
      bar.end();
      return results;
    });
    const failed = versions.some(({ problem }) => problem !== null);
    const rows = versions.map(({ version, problem, note }) => [
      version,
      problem ?? ["can answer", ...(note === undefined ? [] : [note])].join(". "),
    ]);
    return {
      result: { versions },
      text: rows.length === 0 ? "Nothing is published." : formatTable(["version", "state"], rows),
      failed,
    };
  },
});

async function listAll(store: ModelStore): Promise<VersionRef[]> {
  const { aliases, shadows = {} } = await readAliases(store);
  const published = (await listVersions(store)).map(({ ref }) => ref);
  const used = [...Object.values(aliases).flat(), ...Object.values(shadows)];
  const refs = [...published, ...used].map((ref) => [versionName(ref), ref] as const);
  return [...new Map(refs).values()];
}

async function check(store: ModelStore, ref: VersionRef): Promise<Omit<Verified, "version">> {
  try {
    await verifyVersion(store, ref);
    const note = await noteLabelMap(store, await readPublishedManifest(store, ref));
    return { problem: null, ...(note === undefined ? {} : { note }) };
  } catch (error) {
    return { problem: requireVersionError(error).why };
  }
}
