import * as z from "zod";

/** A value that follows a schema, or what is wrong with the text: part of a sentence, as "it is not JSON". */
export type ParsedJson<Value> =
  | { readonly value: Value; readonly problem?: undefined }
  | { readonly problem: string; readonly cause: unknown };

/** Parses JSON and checks it against a schema. */
export function parseJson<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
): ParsedJson<z.output<Schema>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    return { problem: "it is not JSON", cause };
  }
  const parsed = schema.safeParse(json);
  return parsed.success
    ? { value: parsed.data }
    : { problem: z.prettifyError(parsed.error), cause: parsed.error };
}
