/** JSON from a caller, bounded before it is parsed. */
import { AppError } from "../errors.ts";

/**
 * Most `{`, `[`, `:` and `,` that a JSON text may have. `[{},{},…]` of 14 MB would become 400 MB of objects; the
 * largest useful request, 16 images with a dozen other variables, has fewer than 200.
 */
const MAX_TOKENS = 20_000;
/** Deeper JSON would exhaust the stack. Real variables have about 4 levels. */
const MAX_DEPTH = 64;

const BACKSLASH = 0x5c;

/**
 * Parses JSON that has a bounded number of values. Strings may have any length, because images are sent as
 * Base64.
 *
 * @param name - what the text is, as the beginning of a sentence
 * @throws AppError BAD_REQUEST, REQUEST_TOO_LARGE
 */
export function parseJson(text: string, name: string): unknown {
  checkStructure(text, name);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would quote the text.
    throw new AppError("BAD_REQUEST", `${name} is not valid JSON. Check its brackets and quotes.`);
  }
}

/** Counts what lies outside of strings. Invalid JSON is not recognised here. */
function checkStructure(text: string, name: string): void {
  let depth = 0;
  let tokens = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: // "
        i = findEndOfString(text, i + 1);
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > MAX_DEPTH) throw tooDeep(name);
        tokens++;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case 0x2c: // ,
      case 0x3a: // :
        tokens++;
        break;
    }
    if (tokens > MAX_TOKENS) throw tooManyValues(name);
  }
}

/** Returns the position of the closing quote, or the length of the text if there is none. */
function findEndOfString(text: string, begin: number): number {
  let end = text.indexOf('"', begin);
  while (end >= 0 && isEscaped(text, begin, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

/** Whether an odd number of backslashes precedes a position. */
function isEscaped(text: string, begin: number, position: number): boolean {
  let first = position;
  while (first > begin && text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (position - first) % 2 === 1;
}

function tooDeep(name: string): AppError {
  return new AppError(
    "BAD_REQUEST",
    `${name} is nested more than ${MAX_DEPTH} levels deep. Use fewer levels: no variable of this API needs more than 4.`,
    { details: { limit: "maxJsonDepth", max: MAX_DEPTH } },
  );
}

function tooManyValues(name: string): AppError {
  return new AppError(
    "REQUEST_TOO_LARGE",
    `${name} has more than ${MAX_TOKENS} values. Send fewer values: only the text of an image in Base64 may be long.`,
    { details: { limit: "maxJsonValues", max: MAX_TOKENS } },
  );
}
