import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { buildSchema, parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import type { PhotoSource } from "../../web/src/api/classify-photo.ts";
import { type Asked, makeCodeSamples } from "../../web/src/code-samples.ts";

const FILE: PhotoSource = { kind: "FILE", file: new Blob(), name: "cat.jpg" };
const URL_SOURCE: PhotoSource = { kind: "URL", url: "https://example.com/it's a cat.jpg" };
const ASKED: Asked = {
  origin: "http://localhost:8787",
  source: FILE,
  models: ["default"],
  topK: 5,
  threshold: undefined,
  language: "en",
};
const CASES: [name: string, asked: Asked][] = [
  ["a file", ASKED],
  ["a URL", { ...ASKED, source: URL_SOURCE }],
  ["an ensemble in Chinese", { ...ASKED, models: ["a@1.0.0", "b@1.0.0"], language: "zh" }],
  ["a threshold", { ...ASKED, threshold: 0.25 }],
];
const schema = buildSchema(readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8"));

/** The arguments that a POSIX shell would pass to curl. */
function argumentsOf(command: string): string[] {
  const script = `curl() { printf '%s\\n' "$@"; }; ${command}`;
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).trimEnd().split("\n");
}

const withoutComment = (query: string) => query.replace(/^#.*\n/, "");

/** Runs the sample and returns what it passes to fetch. */
async function fetchedBy(sample: string, file: Blob): Promise<[url: string, init: RequestInit]> {
  const calls: [string, RequestInit][] = [];
  const fetch = async (url: string, init: RequestInit) => {
    calls.push([url, init]);
    return Response.json({});
  };
  // A visitor who chooses the file at once.
  const document = {
    createElement: () => ({
      files: [file],
      click(this: { onchange: () => void }) {
        this.onchange();
      },
    }),
  };
  const run = new Function("fetch", "document", "console", `return (async () => {${sample}})();`);
  await run(fetch, document, { log: () => {} });
  return calls[0] as [string, RequestInit];
}

describe("code samples", () => {
  it.each(CASES)("the schema allows the query for %s", (_name, asked) => {
    expect(validate(schema, parse(makeCodeSamples(asked).GraphQL))).toEqual([]);
  });

  it("one model is named by model, several by models", () => {
    expect(makeCodeSamples(ASKED).GraphQL).toContain('model: "default"');
    const several = makeCodeSamples({ ...ASKED, models: ["a@1.0.0", "b@1.0.0"] });
    expect(several.GraphQL).toContain('models: ["a@1.0.0","b@1.0.0"]');
    expect(several.curl).toContain("models=a%401.0.0%2Cb%401.0.0");
  });

  it("there is a threshold only if the visitor chose one", () => {
    const { GraphQL, curl } = makeCodeSamples({ ...ASKED, threshold: 0.25 });
    expect(GraphQL).toContain("threshold: 0.25,");
    expect(curl).toContain("threshold=0.25");
    const without = makeCodeSamples(ASKED);
    expect(Object.values(without).join()).not.toContain("threshold");
  });

  it("labels are asked for in the language of the page", () => {
    const { GraphQL, curl } = makeCodeSamples({ ...ASKED, language: "zh" });
    expect(GraphQL).toContain("locale: ZH");
    expect(curl).toContain("locale=zh");
  });

  it("the id of each class is asked for", () => {
    expect(makeCodeSamples(ASKED).GraphQL).toContain("predictions { rank id label confidence }");
  });

  it("curl gets the bytes of a file, whatever its name", () => {
    const name = 'it\'s a "cat" $(rm).jpg';
    const { curl } = makeCodeSamples({ ...ASKED, source: { ...FILE, name } });
    expect(argumentsOf(curl)).toEqual([
      "--data-binary",
      `@${name}`,
      "http://localhost:8787/classify?model=default&topK=5&locale=en",
    ]);
  });

  it("curl gets a URL as a variable of the query", () => {
    const { curl, GraphQL } = makeCodeSamples({ ...ASKED, source: URL_SOURCE });
    expect(GraphQL).toContain(`# Variables: ${JSON.stringify({ photo: URL_SOURCE.url })}`);
    const [, , , body, endpoint] = argumentsOf(curl);
    expect(JSON.parse(body ?? "")).toEqual({
      query: withoutComment(GraphQL),
      variables: { photo: URL_SOURCE.url },
    });
    expect(endpoint).toBe("http://localhost:8787/graphql");
  });

  it("fetch sends a file as the multipart request specification says", async () => {
    const { fetch, GraphQL } = makeCodeSamples(ASKED);
    const [url, { body }] = await fetchedBy(fetch, new Blob(["photo"]));
    expect(url).toBe("http://localhost:8787/graphql");
    const form = body as FormData;
    expect(JSON.parse(String(form.get("operations")))).toEqual({
      query: withoutComment(GraphQL),
      variables: { photo: null },
    });
    expect(JSON.parse(String(form.get("map")))).toEqual({ 0: ["variables.photo"] });
    expect(await (form.get("0") as File).text()).toBe("photo");
  });

  it("the code for Node.js opens the file by its name", async () => {
    const name = new URL("../../examples/cat.jpg", import.meta.url).pathname;
    const samples = makeCodeSamples({ ...ASKED, source: { ...FILE, name } });
    const script = `globalThis.fetch = async (url, { body }) => Response.json({ url, size: body.get("0").size });
${samples["Node.js"]}`;
    const flags = ["--input-type=module", "--eval", script];
    const printed = execFileSync(process.execPath, flags, { encoding: "utf8" });
    expect(printed).toContain(`size: ${statSync(name).size}`);
  });

  it("a framing becomes an argument", () => {
    const { GraphQL, curl } = makeCodeSamples({ ...ASKED, framing: "WHOLE" });
    expect(GraphQL).toContain("framing: WHOLE,");
    expect(curl).toContain("framing=whole");
  });

  it("fetch sends a URL as a variable of the query", async () => {
    const { fetch, GraphQL } = makeCodeSamples({ ...ASKED, source: URL_SOURCE });
    const [, { body }] = await fetchedBy(fetch, new Blob());
    expect(JSON.parse(String(body))).toEqual({
      query: withoutComment(GraphQL),
      variables: { photo: URL_SOURCE.url },
    });
  });
});
