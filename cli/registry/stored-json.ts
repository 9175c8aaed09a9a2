/** JSON objects of a bucket that several operators change at once. */
import * as z from "zod";
import { parseJson } from "../../src/models/parse-json.ts";
import type { ModelStore } from "../buckets/model-store.ts";
import { CliError } from "../cli-error.ts";

/** One such object: where it is, and how conflicts are settled. */
export type StoredJson<Schema extends z.ZodType> = {
  readonly key: string;
  readonly schema: Schema;
  /** What it stands for if it does not exist. */
  readonly empty: z.output<Schema>;
  /**
   * How often to try a change if others are faster: 1 if it was decided by looking at the present state,
   * so that the operator must look again; more if changes add up in any order.
   */
  readonly tries: number;
  /** Who changed it last. */
  readonly lastChange?: (value: z.output<Schema>) => string | undefined;
};

/**
 * Reads the object, and the state that it was read in.
 *
 * @returns without an etag if it does not exist
 * @throws CliError BUCKET_DAMAGED
 */
export async function readJson<Schema extends z.ZodType>(
  store: ModelStore,
  { key, schema, empty }: StoredJson<Schema>,
): Promise<{ readonly value: z.output<Schema>; readonly etag?: string }> {
  const object = await store.get(key);
  if (!object) return { value: empty };
  const parsed = parseJson(new TextDecoder().decode(object.bytes), schema);
  if (parsed.problem === undefined) return { value: parsed.value, etag: object.etag };
  throw new CliError("BUCKET_DAMAGED", {
    what: `${key} in ${store.name} is not valid.`,
    why: `${parsed.problem}.`,
    fix: "Repair it by hand; docs/model-format.md describes its format.",
    cause: parsed.cause,
  });
}

/**
 * Reads the object, edits it, and writes it back unless someone else has changed it meanwhile.
 *
 * @param edit - runs again at each try; it may throw, and may take its time to check things
 * @returns the new value
 * @throws CliError CONFLICT, naming who was faster; BUCKET_DAMAGED; OPTION_INVALID if the edited value
 *   does not follow the schema
 */
export async function compareAndSet<Schema extends z.ZodType>(
  store: ModelStore,
  object: StoredJson<Schema>,
  edit: (value: z.output<Schema>) => z.output<Schema> | Promise<z.output<Schema>>,
): Promise<z.output<Schema>> {
  for (let attempt = 1; attempt <= object.tries; attempt++) {
    const { value, etag } = await readJson(store, object);
    const edited = await edit(value);
    const bytes = encode(object, edited);
    const condition = etag === undefined ? ({ ifAbsent: true } as const) : { ifMatch: etag };
    if (await store.put(object.key, bytes, condition)) return edited;
  }
  const who = object.lastChange?.((await readJson(store, object)).value);
  throw new CliError("CONFLICT", {
    what: "Nothing was changed: someone else was faster.",
    why: `${object.key} changed ${object.tries === 1 ? "while the command ran" : `during each of ${object.tries} attempts`}${who === undefined ? "" : `; the last change is by ${who}`}.`,
    fix: "Check the present state with resnet-edge model list, then run the command again if you still want the change.",
  });
}

function encode<Schema extends z.ZodType>(
  { schema }: StoredJson<Schema>,
  value: z.output<Schema>,
): Uint8Array {
  const encoded = z.safeEncode(schema, value);
  if (encoded.success) {
    return new TextEncoder().encode(`${JSON.stringify(encoded.data, null, 2)}\n`);
  }
  throw new CliError("OPTION_INVALID", {
    what: "The change cannot be written.",
    why: `${z.prettifyError(encoded.error)}.`,
    fix: "Give another alias, version, weight or note.",
    cause: encoded.error,
  });
}
