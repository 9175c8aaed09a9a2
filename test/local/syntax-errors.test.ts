/** Errors of GraphQL itself, from the Worker as it is built: a bundle can hold what the sources do not. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { useLocalWorker } from "../support/use-local-worker.ts";
import { callWorker } from "./support/call-worker.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const worker = callWorker(useLocalWorker({ settings: { PROFILE: "hardened" } }));

it.each([
  "{",
  "}",
  "{ models { id }",
  "{ models { id } }}",
  "{ }",
  "query",
  "query { models { id } } {",
  "qwerty cop { abc }",
  "{ models(}",
  "{ models(a:) }",
  "{ models(a: $) }",
  "query ($a) { models }",
  "query ($a: ) { models }",
  "query ($a: [Int) { models }",
  "{ a: }",
  "{ ...on }",
  "{ ...on Query }",
  "fragment on on Query { models }",
  "fragment f { models }",
  "{ models @ }",
  '{ labels(search: "a) { totalCount } }',
  '{ labels(search: "\\u12") { totalCount } }',
  '{ labels(search: """a) { totalCount } }',
  "{ labels(first: 01) { totalCount } }",
  "{ labels(first: 1.) { totalCount } }",
  "{ labels(first: 1e) { totalCount } }",
  "{ labels(first: -) { totalCount } }",
  "{ a ? }",
  "{ a .. b }",
  "\u0000",
  "{ \ud83d }",
  " ",
  "# only a comment",
  "[".repeat(400),
  "{a".repeat(200),
])("the query %j gets GRAPHQL_PARSE_FAILED, and the message of the parser", async (query) => {
  const { status, errors, data } = await worker.query(query);
  // GraphQL over HTTP: clients that accept application/json get 200.
  expect(status).toBe(200);
  expect(data).toBeUndefined();
  expect(errors).toHaveLength(1);
  expect(errors[0]?.extensions.code).toBe("GRAPHQL_PARSE_FAILED");
  expect(errors[0]?.message).toMatch(/^Syntax Error: .+\. Correct the query at this position\.$/);
});

it("a syntax error has status 400 for clients that accept application/graphql-response+json", async () => {
  const { status } = await worker.query("{", {}, { accept: "application/graphql-response+json" });
  expect(status).toBe(400);
});

it("the bundle holds one copy of graphql", async () => {
  const folder = await mkdtemp(join(tmpdir(), "resnet-edge-bundle-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  await promisify(execFile)(
    process.execPath,
    [wrangler, "deploy", "--dry-run", "--outdir", folder],
    { cwd: ROOT, env: { ...process.env, WRANGLER_SEND_METRICS: "false" } },
  );
  const [script] = (await readdir(folder)).filter((name) => name.endsWith(".js"));
  const bundle = await readFile(join(folder, script as string), "utf8");
  expect(
    bundle.match(
      /\bclass \w*GraphQLError\w* extends Error\b|\bGraphQLError\w* = class \w* extends Error\b/g,
    ),
  ).toHaveLength(1);
});
