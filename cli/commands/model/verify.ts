/** `resnet-edge model verify`: whether what is published can answer. */

import { type VersionRef, versionName } from "../../../src/models/version-ref.ts";
import type { ModelStore } from "../../buckets/model-store.ts";
import { STORE_OPTIONS, STORE_USAGE, withStore } from "../../buckets/open-store.ts";
import { CliError } from "../../cli-error.ts";
import { type Command, parseOptions } from "../../command.ts";
import { readAliases } from "../../registry/change-aliases.ts";
import { readVersionRef } from "../../registry/read-version-ref.ts";
import { listVersions, verifyVersion } from "../../registry/version-files.ts";
import { formatTable } from "../../terminal/format-table.ts";
import { ProgressBar } from "../../terminal/progress-bar.ts";

const USAGE = `resnet-edge model verify [ID@VERSION …] [options]

Reads published versions back and makes sure that they can answer: every file with the length and SHA-256
that the manifest states, a graph that runs, classes that are known. Without a version, all that are
published or that names mean. Ends with 1 where one fails.

${STORE_USAGE}
  --json              one line of JSON in place of words`;

/** How one version did. */
type Verified = { readonly version: string; readonly problem: string | null };

export const verify: Command = {
  usage: USAGE,
  run: async (args) => {
    const { options, words } = parseOptions(args, STORE_OPTIONS);
    const named = words.map(readVersionRef);
    const versions = await withStore(options, async (store) => {
      const refs = named.length > 0 ? named : await listTargets(store);
      const bar = new ProgressBar("verifying", { silent: options.json, unit: "versions" });
      const results: Verified[] = [];
      for (const ref of refs) {
        results.push({ version: versionName(ref), problem: await findProblem(store, ref) });
        bar.update(results.length, refs.length);
      }
      bar.end();
      return results;
    });
    const failed = versions.some(({ problem }) => problem !== null);
    const rows = versions.map(({ version, problem }) => [version, problem ?? "can answer"]);
    return {
      result: { versions },
      words: rows.length === 0 ? "Nothing is published." : formatTable(["version", "state"], rows),
      failed,
    };
  },
};

async function listTargets(store: ModelStore): Promise<VersionRef[]> {
  const { aliases } = await readAliases(store);
  const published = (await listVersions(store)).map(({ ref }) => ref);
  const meant = [...Object.values(aliases.aliases).flat(), ...Object.values(aliases.shadows ?? {})];
  const refs = [...published, ...meant].map((ref) => [versionName(ref), ref] as const);
  return [...new Map(refs).values()];
}

async function findProblem(store: ModelStore, ref: VersionRef): Promise<string | null> {
  try {
    await verifyVersion(store, ref);
    return null;
  } catch (error) {
    if (error instanceof CliError) return error.why;
    throw error;
  }
}
