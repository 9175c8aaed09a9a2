/** The GraphQL multipart request specification (github.com/jaydenseric/graphql-multipart-request-spec). */
import { AppError } from "../errors.ts";
import { parseJson } from "./parse-json.ts";

/** A request has at most 16 images. */
const MAX_FILES = 16;
/** `operations`, `map`, the files, and as many lines of other content that look like the start of a part. */
const MAX_PARTS = 64;
/** Each path replaces one null; one file may replace several. */
const MAX_PATHS = 32;
/** The longest path in the schema is `variables.images.15.upload`. */
const MAX_PATH_KEYS = 8;

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
export async function readMultipart(body: Uint8Array<ArrayBuffer>, type: string): Promise<unknown> {
  const form = await readForm(body, type);
  const operations = parseJson(readText(form, "operations"), "The part 'operations'");
  if (Array.isArray(operations)) return operations;
  const map = parseJson(readText(form, "map"), "The part 'map'");
  for (const { path, file } of readMap(map, form)) setFile(operations, path, file);
  return operations;
}

async function readForm(body: Uint8Array<ArrayBuffer>, type: string): Promise<FormData> {
  requireFewParts(body);
  try {
    return await new Response(body, { headers: { "content-type": type } }).formData();
  } catch {
    throw new AppError(
      "BAD_REQUEST",
      "The body is not a complete multipart form with the boundary that its Content-Type names. Let the HTTP client write both: with curl, use -F; with fetch, pass a FormData and set no Content-Type.",
    );
  }
}

/**
 * Every part becomes several objects, however small it is, so parts are counted before the body is parsed.
 * Each starts with a line that begins with two hyphens, whatever the boundary is.
 */
function requireFewParts(body: Uint8Array): void {
  let parts = 0;
  let lineEnd = -1;
  do {
    if (body[lineEnd + 1] === HYPHEN && body[lineEnd + 2] === HYPHEN) parts++;
    if (parts > MAX_PARTS) throw tooMany("parts", MAX_PARTS);
    lineEnd = body.indexOf(LINE_FEED, lineEnd + 1);
  } while (lineEnd >= 0);
}

function readText(form: FormData, name: string): string {
  const value = form.get(name);
  if (typeof value === "string") return value;
  throw new AppError(
    "BAD_REQUEST",
    `The multipart request has no text part '${name}'. Add it, as the GraphQL multipart request specification describes: https://github.com/jaydenseric/graphql-multipart-request-spec.`,
  );
}

type Placement = { readonly path: string; readonly file: File };

/** Reads which file goes where. */
function readMap(map: unknown, form: FormData): Placement[] {
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
    if (!(file instanceof Blob)) {
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

function setFile(operations: unknown, path: string, file: File): void {
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
