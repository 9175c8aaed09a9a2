/** Checks a curl command of the docs: the path, the parameters, the query and the files exist. */
import { readFile } from "node:fs/promises";
import { buildSchema, parse, validate } from "graphql";

const schema = buildSchema(
  await readFile(new URL("../../../schema.graphql", import.meta.url), "utf8"),
);
const PATHS = ["/", "/classify", "/graphql", "/metrics", "/v2/health/live", "/v2/health/ready"];
/** `POST /classify` takes the arguments of `classify`, but for the image, which is the body. */
const PARAMETERS = (schema.getQueryType()?.getFields().classify?.args ?? [])
  .map(({ name }) => name)
  .filter((name) => name !== "image");

export function checkCurl(
  words: readonly string[],
  checkPath: (path: string) => string[],
): string[] {
  const problems: string[] = [];
  let hasUrl = false;
  for (const word of words) {
    const [, file] = /^(?:\w+=)?@(.+)$/.exec(word) ?? [];
    if (file !== undefined) problems.push(...checkPath(file));
    if (word.startsWith("operations={"))
      problems.push(...checkQuery(word.slice("operations=".length)));
    if (/^https?:/.test(word)) {
      hasUrl = true;
      problems.push(...checkUrl(word));
    }
  }
  return hasUrl ? problems : [...problems, "curl has no URL"];
}

function checkUrl(text: string): string[] {
  // "https://…" is the address of the reader's Worker.
  const url = new URL(text.replace("://…", "://worker.example"));
  const isLocal = url.host === "localhost:8787";
  if (!isLocal && url.host !== "worker.example") return [`${url.host} is not this service`];
  if (!PATHS.includes(url.pathname)) return [`there is nothing at ${url.pathname}`];
  return [...url.searchParams.keys()]
    .filter((name) => url.pathname !== "/classify" || !PARAMETERS.includes(name))
    .map((name) => `${url.pathname} has no parameter "${name}"`);
}

function checkQuery(operations: string): string[] {
  const { query } = JSON.parse(operations);
  return validate(schema, parse(query)).map(({ message }) => message);
}
