/** Bodies and headers that are expensive to parse. */
import type { Outgoing } from "../../send-request.ts";
import { defineRequestMaker } from "../maker.ts";
import { postJson } from "./graphql-request.ts";

/** The smallest pieces of JSON that make an object each. */
const PIECES: Readonly<Record<string, string>> = {
  objects: "{}",
  arrays: "[]",
  numbers: "1e9",
  strings: '""',
  escapes: '"\\u0001"',
  nested: '{"a":{}}',
};

export const largeJson = defineRequestMaker({
  name: "json",
  takesImage: false,
  ranges: {
    shape: { choices: [...Object.keys(PIECES), "deep-arrays", "deep-objects", "keys"] },
    /** Pieces or levels. */
    count: { min: 1, max: 4_500_000 },
    place: { choices: ["variables", "used variable", "extensions"] },
  },
  starts: [
    { shape: "objects", count: 4_500_000, place: "variables" },
    { shape: "arrays", count: 4_500_000, place: "used variable" },
    { shape: "keys", count: 1_000_000, place: "variables" },
    { shape: "deep-arrays", count: 4_500_000, place: "variables" },
    { shape: "deep-objects", count: 2_000_000, place: "used variable" },
    { shape: "strings", count: 4_500_000, place: "used variable" },
    { shape: "nested", count: 1_500_000, place: "extensions" },
  ],
  make({ shape, count, place }) {
    const value = makeValue(shape, count);
    if (place === "extensions") {
      return postJson(`{"query":"{__typename}","extensions":{"x":${value}}}`);
    }
    const query =
      place === "variables"
        ? "{ __typename }"
        : 'query ($x: [String!]!) { classify(image: { base64: \\"\\" }, models: $x) { __typename } }';
    return postJson(`{"query":"${query}","variables":{"x":${value}}}`);
  },
});

function makeValue(shape: string, count: number): string {
  if (shape === "deep-arrays") return "[".repeat(count) + "]".repeat(count);
  if (shape === "deep-objects") return `${'{"a":'.repeat(count)}1${"}".repeat(count)}`;
  if (shape === "keys") {
    return `{${Array.from({ length: count }, (_, i) => `"${i.toString(36)}k":1`).join(",")}}`;
  }
  const piece = PIECES[shape] ?? "0";
  return `[${`${piece},`.repeat(count - 1)}${piece}]`;
}

/** The map of a multipart request says which file is which variable. */
export const multipartMap = defineRequestMaker({
  name: "multipart-map",
  takesImage: false,
  ranges: {
    /** In the path of the map; the list in `variables` is empty. */
    index: { min: 0, max: 100_000_000 },
    paths: { min: 1, max: 100_000 },
    parts: { min: 1, max: 20_000 },
    depth: { min: 0, max: 10_000 },
    target: { choices: ["images", "models"] },
  },
  starts: [
    { index: 9_999_999, paths: 1, parts: 1, depth: 0, target: "images" },
    { index: 9_999_999, paths: 1, parts: 1, depth: 0, target: "models" },
    { index: 0, paths: 100_000, parts: 1, depth: 0, target: "images" },
    { index: 0, paths: 1, parts: 20_000, depth: 0, target: "images" },
    { index: 0, paths: 1, parts: 1, depth: 10_000, target: "images" },
  ],
  make({ index, paths, parts, depth, target }): Outgoing {
    const query = {
      images: "query ($x: [ImageInput!]!) { classifyMany(images: $x) { __typename } }",
      models:
        'query ($x: [String!]) { classify(image: { base64: "" }, models: $x) { __typename } }',
    }[target];
    const path = (i: number) => `variables.x.${index + i}${".a".repeat(depth)}`;
    const map = { 0: Array.from({ length: paths }, (_, i) => path(i)) };
    const part = (name: string, value: string, more = "") =>
      `--cut\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
    const body = [
      part("operations", JSON.stringify({ query, variables: { x: [] } })),
      part("map", JSON.stringify(map)),
      part("0", "a", '; filename="a"').repeat(parts),
      "--cut--\r\n",
    ].join("");
    return {
      method: "POST",
      path: "/graphql",
      headers: {
        "content-type": "multipart/form-data; boundary=cut",
        "graphql-require-preflight": "1",
      },
      body: Buffer.from(body),
    };
  },
});

/** Headers that the Worker, or the libraries below it, take apart. */
export const manyHeaders = defineRequestMaker({
  name: "headers",
  takesImage: false,
  ranges: {
    header: {
      choices: ["x-many", "accept", "accept-language", "authorization", "cookie", "origin"],
    },
    headers: { min: 1, max: 500 },
    length: { min: 1, max: 30_000 },
    path: { choices: ["/graphql?query={__typename}", "/v2/health/live", "/v2/health/ready", "/x"] },
  },
  starts: [
    { header: "x-many", headers: 500, length: 40, path: "/graphql?query={__typename}" },
    { header: "accept", headers: 1, length: 30_000, path: "/graphql?query={__typename}" },
    { header: "x-many", headers: 1, length: 1, path: "/v2/health/ready" },
  ],
  make({ header, headers, length, path }) {
    const values = {
      accept: "a/b;q=0.1,",
      "accept-language": "a-b;q=0.1,",
      authorization: "Bearer ",
    };
    const value = ((values as Record<string, string>)[header] ?? "a")
      .repeat(length)
      .slice(0, length)
      .trim();
    const named = Array.from({ length: headers }, (_, i): [string, string] => [
      i === 0 ? header : `${header}-${i}`,
      value,
    ]);
    return {
      method: "GET",
      path,
      headers: { "graphql-require-preflight": "1", ...Object.fromEntries(named) },
    };
  },
});
