/** Changes `aliases.json` so that two operators who do so at once cannot lose each other's change. */
import { hostname, userInfo } from "node:os";
import * as z from "zod";
import { ALIASES_KEY, type Aliases, aliasesSchema } from "../../src/models/aliases.ts";
import type { ModelStore } from "../buckets/model-store.ts";
import { CliError } from "../cli-error.ts";
import type { Options } from "../command.ts";
import { type Author, NO_ALIASES } from "./edit-aliases.ts";

/** Options of every command that changes names. */
export const AUTHOR_OPTIONS = { by: "string", note: "string" } as const;

export const AUTHOR_USAGE = `  --by NAME           who the history says it was (default: USER@HOST)
  --note TEXT         why, for the history`;

/** Who changes something now. */
export function readAuthor({ by, note }: Options<typeof AUTHOR_OPTIONS>): Author {
  return {
    at: new Date().toISOString(),
    by: by ?? `${userInfo().username}@${hostname()}`.slice(0, 100),
    ...(note === undefined ? {} : { note }),
  };
}

/** A table, and the state of the object that it was read from. */
type ReadAliases = { readonly aliases: Aliases; readonly etag: string | undefined };

/**
 * Reads the names.
 *
 * @returns a table without names where there is none
 * @throws CliError where it is no valid one
 */
export async function readAliases(store: ModelStore): Promise<ReadAliases> {
  const object = await store.get(ALIASES_KEY);
  if (!object) return { aliases: NO_ALIASES, etag: undefined };
  return { aliases: parseAliases(object.bytes, store), etag: object.etag };
}

/**
 * Reads the names, edits them, and writes them back if nobody else has changed them meanwhile.
 *
 * @param edit - may throw; it may check what it likes, as long as it takes
 * @throws CliError where somebody has, saying who
 */
export async function changeAliases(
  store: ModelStore,
  edit: (aliases: Aliases) => Aliases | Promise<Aliases>,
): Promise<Aliases> {
  const { aliases, etag } = await readAliases(store);
  const edited = z.safeEncode(aliasesSchema, await edit(aliases));
  if (!edited.success) {
    throw new CliError(
      "The change cannot be written.",
      `${z.prettifyError(edited.error)}.`,
      "Give other names, versions or weights.",
      edited.error,
    );
  }
  const bytes = new TextEncoder().encode(`${JSON.stringify(edited.data, null, 2)}\n`);
  const condition = etag === undefined ? ({ ifAbsent: true } as const) : { ifMatch: etag };
  if (await store.put(ALIASES_KEY, bytes, condition)) return aliasesSchema.parse(edited.data);
  const [last] = (await readAliases(store)).aliases.history?.slice(-1) ?? [];
  const who = last && `${last.by} (${last.action} ${last.name ?? ""}, ${last.at})`;
  throw new CliError(
    "Nothing was changed: somebody else was faster.",
    `${ALIASES_KEY} has been changed meanwhile${who ? `, last by ${who}` : ""}.`,
    "Look at what it says now with resnet-edge model list, and run the command again if you still want to.",
  );
}

function parseAliases(bytes: Uint8Array, store: ModelStore): Aliases {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw unusable(store, "it is not JSON", cause);
  }
  const parsed = aliasesSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw unusable(store, z.prettifyError(parsed.error), parsed.error);
}

function unusable(store: ModelStore, reason: string, cause: unknown): CliError {
  return new CliError(
    `${ALIASES_KEY} of ${store.name} cannot be used.`,
    `${reason}.`,
    "docs/model-format.md says what belongs into it; mend it by hand.",
    cause,
  );
}
