/** The GraphQL multipart request specification (github.com/jaydenseric/graphql-multipart-request-spec). */
import { MultipartParseError, parseMultipart } from "@remix-run/multipart-parser";
import { AppError } from "../errors.ts";
import { parseJson } from "./parse-json.ts";

/** A request has at most 16 images. */
const MAX_FILES = 16;
/** The files, `operations`, `map`, the end, and some parts that nothing refers to. */
const MAX_PARTS = 32;
/** Clients send two headers for each part, with a file name. */
const MAX_HEADER_BYTES = 4096;
/** The characters that RFC 2046 allows, except for the space. */
const BOUNDARY = /;\s*boundary=("?)([\w'()+,./:=?-]{1,70})\1\s*(?:;|$)/i;
/** Each path replaces one null; one file may replace several. */
const MAX_PATHS = 32;
/** The longest path in the schema is `variables.images.15.upload`. */
const MAX_PATH_KEYS = 8;

/** src/http/read-body.ts limits the body. */
const PARSER_LIMITS = {
  maxParts: MAX_PARTS,
  maxHeaderSize: MAX_HEADER_BYTES,
  maxFileSize: Number.MAX_SAFE_INTEGER,
  maxTotalSize: Number.MAX_SAFE_INTEGER,
};

const LINE_FEED = 0x0a;
const HYPHEN = 0x2d;
const PATHS =
  "Each path starts with 'variables' and leads to a null in 'operations', such as \"variables.image\".";

/**
 * Reads the operation of a multipart request, with its files in place of the nulls that the map names.
 *
 * A path only replaces a null that exists. If it could create what it names, an array index of 99999999
 * would make an array of that length, and a key could reach a prototype.
 *
 * @throws AppError BAD_REQUEST, REQUEST_TOO_LARGE
 */
export function readMultipart(body: Uint8Array<ArrayBuffer>, type: string): unknown {
  const form = readForm(body, type);
  const operations = parseJson(readText(form, "operations"), "The part 'operations'");
  if (Array.isArray(operations)) return operations;
  const map = parseJson(readText(form, "map"), "The part 'map'");
  for (const { path, file } of readMap(map, form)) setFile(operations, path, file);
  return operations;
}

/** The parts of a form by name: files as views of the body, other parts as text. */
type Form = ReadonlyMap<string, Uint8Array | string>;

/** A body is held once. The platform's parser would copy every file out of it, and out of the copy again. */
function readForm(body: Uint8Array<ArrayBuffer>, type: string): Form {
  const boundary = BOUNDARY.exec(type)?.[2];
  if (boundary === undefined) throw malformed();
  checkParts(body, new TextEncoder().encode(`--${boundary}`));
  const form = new Map<string, Uint8Array | string>();
  try {
    for (const part of parseMultipart(body, { boundary, ...PARSER_LIMITS })) {
      if (part.name === undefined || form.has(part.name)) continue;
      form.set(part.name, part.isFile ? joinContent(part.content) : part.text);
    }
  } catch (error) {
    if (error instanceof MultipartParseError) throw malformed();
    throw error;
  }
  return form;
}

/** The parser cuts a body that is in one piece into views of it, one for each part. */
function joinContent(content: readonly Uint8Array[]): Uint8Array {
  return content[0] ?? new Uint8Array();
}

/** Every part and header becomes several objects, however small it is, so both are bounded before parsing. */
function checkParts(body: Uint8Array, delimiter: Uint8Array): void {
  let parts = 0;
  for (let begin = 0; begin >= 0; begin = findNextLine(body, begin)) {
    const isDelimiter =
      body[begin] === HYPHEN && delimiter.every((byte, i) => body[begin + i] === byte);
    if (!isDelimiter) continue;
    if (++parts > MAX_PARTS) throw tooMany("parts", MAX_PARTS);
    if (!hasShortHeaders(body, begin + delimiter.length)) throw malformed();
  }
}

/** Whether the line ends the last part, or the headers that follow it end soon. */
function hasShortHeaders(body: Uint8Array, begin: number): boolean {
  if (body[begin] === HYPHEN && body[begin + 1] === HYPHEN) return true;
  const headers = body.subarray(begin, begin + MAX_HEADER_BYTES);
  return new TextDecoder("latin1").decode(headers).includes("\r\n\r\n");
}

/** Returns the beginning of the next line; -1 if there is none. */
function findNextLine(body: Uint8Array, from: number): number {
  const end = body.indexOf(LINE_FEED, from);
  return end < 0 ? -1 : end + 1;
}

function readText(form: Form, name: string): string {
  const value = form.get(name);
  if (typeof value === "string") return value;
  throw new AppError(
    "BAD_REQUEST",
    `The multipart request has no text part '${name}'. Add it, as the GraphQL multipart request specification describes: https://github.com/jaydenseric/graphql-multipart-request-spec.`,
  );
}

type Placement = { readonly path: string; readonly file: Uint8Array };

/** Reads which file goes where. */
function readMap(map: unknown, form: Form): Placement[] {
  if (!isObject(map) || Array.isArray(map)) {
    throw new AppError(
      "BAD_REQUEST",
      'The part \'map\' is not a JSON object. Make it an object that lists paths for the name of each file part, such as {"0": ["variables.image"]}.',
    );
  }
  const entries = Object.entries(map);
  if (entries.length > MAX_FILES) throw tooMany("files", MAX_FILES);
  const placements = entries.flatMap(([name, paths]) => {
    const file = form.get(name);
    if (!(file instanceof Uint8Array)) {
      throw new AppError(
        "BAD_REQUEST",
        `The part 'map' names "${clip(name)}", but no part with that name is a file. Send the file as a part with that name.`,
      );
    }
    return readPaths(name, paths).map((path) => ({ path, file }));
  });
  if (placements.length > MAX_PATHS) throw tooMany("paths", MAX_PATHS);
  return placements;
}

function readPaths(name: string, paths: unknown): string[] {
  if (Array.isArray(paths) && paths.every((path) => typeof path === "string")) return paths;
  throw new AppError(
    "BAD_REQUEST",
    `In the part 'map', "${clip(name)}" is not a list of paths. ${PATHS}`,
  );
}

function setFile(operations: unknown, path: string, file: Uint8Array): void {
  const keys = path.split(".", MAX_PATH_KEYS + 1);
  const last = keys.pop() as string;
  let parent = operations;
  for (const key of keys) parent = getOwn(parent, key);
  const isVariable = keys[0] === "variables" && keys.length < MAX_PATH_KEYS;
  if (!isVariable || !isObject(parent) || getOwn(parent, last) !== null) {
    throw new AppError(
      "BAD_REQUEST",
      `In the part 'map', the path "${clip(path)}" does not lead to a null in 'operations'. ${PATHS}`,
    );
  }
  parent[last] = file;
}

/** Returns undefined if the key does not exist; an inherited key does not count. */
function getOwn(parent: unknown, key: string): unknown {
  return isObject(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function malformed(): AppError {
  return new AppError(
    "BAD_REQUEST",
    "The body is not a complete multipart form with the boundary that its Content-Type names. Let the HTTP client write both: with curl, use -F; with fetch, pass a FormData and set no Content-Type.",
  );
}

function tooMany(what: "parts" | "files" | "paths", max: number): AppError {
  return new AppError(
    "REQUEST_TOO_LARGE",
    `The multipart request has more than ${max} ${what}. Send at most ${MAX_FILES} images in one request, and nothing else.`,
    { details: { limit: `maxMultipart${what[0]?.toUpperCase()}${what.slice(1)}`, max } },
  );
}

/** Names and paths in messages are cut to this length. */
function clip(text: string): string {
  return text.slice(0, 100);
}
