/** Reads and changes `aliases.json`; two operators who do so at once cannot lose each other's change. */
import { ALIASES_KEY, type Aliases, aliasesSchema } from "../../src/models/aliases.ts";
import type { ModelStore } from "../buckets/model-store.ts";
import { compareAndSet, readJson, type StoredJson } from "./stored-json.ts";

const ALIASES: StoredJson<typeof aliasesSchema> = {
  key: ALIASES_KEY,
  schema: aliasesSchema,
  empty: { schemaVersion: 1, aliases: {} },
  tries: 1,
  lastChange: ({ history = [] }) => {
    const last = history.at(-1);
    return last && `${last.by} (${last.action} ${last.name ?? ""}, ${last.at})`;
  },
};

/** @throws CliError BUCKET_DAMAGED */
export async function readAliases(store: ModelStore): Promise<Aliases> {
  return (await readJson(store, ALIASES)).value;
}

/**
 * @param edit - may throw, and may take its time to check things
 * @throws CliError as {@link compareAndSet} does
 */
export function changeAliases(
  store: ModelStore,
  edit: (aliases: Aliases) => Aliases | Promise<Aliases>,
): Promise<Aliases> {
  return compareAndSet(store, ALIASES, edit);
}
