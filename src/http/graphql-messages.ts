/** The messages of GraphQL's own errors. */

/** Values in messages are quoted in full by GraphQL, and may be images in Base64. */
const MAX_LENGTH = 500;

/** GraphQL's hints, which would list names of a schema that is not public. */
const SUGGESTION = / ?Did you mean [^?]*\?/g;

/** What to do about an error, by its message. The first that matches counts. */
const FIXES: readonly (readonly [pattern: RegExp, fix: string])[] = [
  [/^Syntax Error/, "Correct the query at this position."],
  [/cannot represent non-integer|cannot represent non 32-bit/, "Use a whole number."],
  [/cannot represent non numeric|cannot represent non-finite/, "Use a number."],
  [/cannot represent a non string/, "Use a string."],
  [/cannot represent a non boolean/, "Use true or false."],
  [/ enum[.:,]|Enum "/, "Use a value of the enum as schema.graphql lists it."],
  [/OneOf Input Object|exactly one key/i, "Give exactly one of its members."],
  [
    /is not defined by type|Cannot query field|Unknown (?:argument|type|directive|fragment)/,
    "Use the names in schema.graphql.",
  ],
  [/was not provided|required type/, "Add the missing value."],
];
const DEFAULT_FIX = "Correct the query or its variables after schema.graphql.";

/**
 * Rewrites the message of an error that GraphQL itself made: shortens it, and says how to fix the problem.
 * GraphQL's suggestions say that too, but only in the open profile.
 */
export function explainMessage(message: string, hideSuggestions: boolean): string {
  const shown = hideSuggestions ? message.replaceAll(SUGGESTION, "") : message;
  const short = shown.length > MAX_LENGTH ? `${shown.slice(0, MAX_LENGTH)}…` : shown;
  if (short.includes("Did you mean")) return short;
  const [, fix = DEFAULT_FIX] = FIXES.find(([pattern]) => pattern.test(short)) ?? [];
  return `${/[.!?…]$/.test(short) ? short : `${short}.`} ${fix}`;
}
