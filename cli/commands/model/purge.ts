/** `resnet-edge model purge`: forgets what was remembered of a version's answers. */

import * as z from "zod";
import { PURGES_KEY, type Purges, purgesSchema } from "../../../src/models/purges.ts";
import { type VersionRef, versionName } from "../../../src/models/version-ref.ts";
import type { ModelStore } from "../../buckets/model-store.ts";
import { STORE_OPTIONS, STORE_USAGE, withStore } from "../../buckets/open-store.ts";
import { CliError } from "../../cli-error.ts";
import { type Command, parseOptions, requireWords } from "../../command.ts";
import { readVersionRef } from "../../registry/read-version-ref.ts";

const USAGE = `resnet-edge model purge ID@VERSION [options]

Every result that was remembered for the version is classified anew when it is asked for again. Isolates
notice within ALIASES_TTL_SECONDS.

${STORE_USAGE}
  --json              one line of JSON in place of words`;

/** Others may purge at the same time; each try but one loses to a success of theirs. */
const MAX_TRIES = 10;

export const purge: Command = {
  usage: USAGE,
  run: async (args) => {
    const { options, words } = parseOptions(args, STORE_OPTIONS);
    const [word = ""] = requireWords(words, ["ID@VERSION"], "purge");
    const ref = readVersionRef(word);
    const times = await withStore(options, (store) => raiseCount(store, ref));
    const version = versionName(ref);
    return {
      result: { version, times },
      words: `Purged the results of ${version} (${times} times so far).`,
    };
  },
};

/** @returns the new count */
async function raiseCount(store: ModelStore, ref: VersionRef): Promise<number> {
  const version = versionName(ref);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const object = await store.get(PURGES_KEY);
    const purges = object ? parsePurges(object.bytes, store) : {};
    const count = (purges[version] ?? 0) + 1;
    const bytes = new TextEncoder().encode(JSON.stringify({ ...purges, [version]: count }));
    const condition = object ? { ifMatch: object.etag } : ({ ifAbsent: true } as const);
    if (await store.put(PURGES_KEY, bytes, condition)) return count;
  }
  throw new CliError(
    `The results of ${version} were not purged.`,
    `${PURGES_KEY} was changed by others, ${MAX_TRIES} times in a row.`,
    "Run the same command again.",
  );
}

function parsePurges(bytes: Uint8Array, store: ModelStore): Purges {
  try {
    return purgesSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : "it is not JSON";
    throw new CliError(
      `${PURGES_KEY} of ${store.name} cannot be used.`,
      `${reason}.`,
      "docs/model-format.md says what belongs into it; mend it by hand.",
      cause,
    );
  }
}
