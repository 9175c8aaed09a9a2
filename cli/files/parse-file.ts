import type * as z from "zod";
import { parseJson } from "../../src/models/parse-json.ts";
import { CliError } from "../cli-error.ts";

/**
 * Parses the text of a file, or a line of it.
 *
 * @param fix - what to do if it cannot be used
 * @throws CliError FILE_INVALID if it is not JSON, or does not fit the schema
 */
export function parseFile<Schema extends z.ZodType>(
  path: string,
  text: string,
  schema: Schema,
  fix: string,
): z.infer<Schema> {
  const parsed = parseJson(text, schema);
  if (parsed.problem === undefined) return parsed.value;
  throw new CliError("FILE_INVALID", {
    what: `${path} cannot be used.`,
    why: `${parsed.problem}.`,
    fix,
  });
}
