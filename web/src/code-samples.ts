/** The page's request as code. */
import type { PhotoSource } from "./api/classify-photo.ts";

/** One request in several forms. */
export type CodeSamples = {
  readonly GraphQL: string;
  readonly curl: string;
  /** For the console of a browser on the page itself. */
  readonly fetch: string;
  /** A module for Node.js. */
  readonly "Node.js": string;
};

/** What the page asked. */
export type Asked = {
  readonly origin: string;
  readonly source: PhotoSource;
  readonly models: readonly string[];
  readonly topK: number;
  /** Undefined to leave it to the models. */
  readonly threshold: number | undefined;
  readonly language: "en" | "zh";
  /** A value of the enum Framing; undefined to leave it to the service. */
  readonly framing?: string | undefined;
};

/** The sliders become arguments. */
export function makeCodeSamples(asked: Asked): CodeSamples {
  const { origin, source, models, topK, threshold, language, framing } = asked;
  const named =
    models.length === 1
      ? `model: ${JSON.stringify(models[0])}`
      : `models: ${JSON.stringify(models)}`;
  const type = source.kind === "URL" ? "String!" : "File!";
  const input = source.kind === "URL" ? "{ url: $photo }" : "{ upload: $photo }";
  const limit = `${threshold === undefined ? "" : ` threshold: ${threshold},`}${framing === undefined ? "" : ` framing: ${framing},`}`;
  const query = `query ($photo: ${type}) {
  classify(image: ${input}, ${named}, topK: ${topK},${limit} locale: ${language.toUpperCase()}) {
    answer { kind label confidence }
    predictions { rank id label confidence }
  }
}`;
  const name = source.kind === "FILE" ? source.name : source.url;
  return {
    GraphQL: `${describeVariable(source)}\n${query}`,
    curl: source.kind === "FILE" ? curlFile(asked, name) : curlUrl(origin, query, source.url),
    fetch:
      source.kind === "FILE"
        ? `${PICK_FILE}\n${fetchFile(origin, query)}`
        : fetchUrl(origin, query, source.url),
    "Node.js":
      source.kind === "FILE"
        ? `${openFile(name)}\n${fetchFile(origin, query)}`
        : fetchUrl(origin, query, source.url),
  };
}

/** A picker: code in a page cannot open a file by its name. */
const PICK_FILE = `const file = await new Promise((resolve) => {
  const picker = Object.assign(document.createElement("input"), { type: "file" });
  picker.onchange = () => resolve(picker.files[0]);
  picker.click();
});`;

function openFile(name: string): string {
  return `const { openAsBlob } = await import("node:fs");
const file = await openAsBlob(${JSON.stringify(name)});`;
}

/** What to give the query as its variable. */
function describeVariable(source: PhotoSource): string {
  return source.kind === "URL"
    ? `# Variables: ${JSON.stringify({ photo: source.url })}`
    : `# The variable $photo is the file ${JSON.stringify(source.name)} of a multipart request: see fetch.`;
}

function curlFile(
  { origin, models, topK, threshold, language, framing }: Asked,
  name: string,
): string {
  const search = new URLSearchParams({
    ...(models.length === 1 ? { model: models[0] as string } : { models: models.join(",") }),
    topK: String(topK),
    ...(threshold === undefined ? {} : { threshold: String(threshold) }),
    ...(framing === undefined ? {} : { framing: framing.toLowerCase() }),
    locale: language,
  });
  return `curl --data-binary ${quote(`@${name}`)} ${quote(`${origin}/classify?${search}`)}`;
}

function curlUrl(origin: string, query: string, url: string): string {
  const body = JSON.stringify({ query, variables: { photo: url } });
  return `curl -H 'content-type: application/json' -d ${quote(body)} ${quote(`${origin}/graphql`)}`;
}

function fetchFile(origin: string, query: string): string {
  return `const form = new FormData();
form.append("operations", JSON.stringify({ query: ${toTemplate(query)}, variables: { photo: null } }));
form.append("map", JSON.stringify({ 0: ["variables.photo"] }));
form.append("0", file);
const response = await fetch("${origin}/graphql", {
  method: "POST",
  headers: { "graphql-require-preflight": "1" },
  body: form,
});
console.log(await response.json());`;
}

function fetchUrl(origin: string, query: string, url: string): string {
  return `const response = await fetch("${origin}/graphql", {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ query: ${toTemplate(query)}, variables: { photo: ${JSON.stringify(url)} } }),
});
console.log(await response.json());`;
}

/** One argument for a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A template literal. The queries need no escapes: in them, "$" only precedes names. */
function toTemplate(text: string): string {
  return `\`${text}\``;
}
