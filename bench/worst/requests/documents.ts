/** GraphQL documents that are expensive without any image. */
import { defineRequestMaker } from "../maker.ts";
import { aliasFields, getQuery, graphqlRequest } from "./graphql-request.ts";

const FIELDS: Readonly<Record<string, string>> = {
  labels: "labels(first: $n, search: $s) { nodes { label aliases ancestors { label } } }",
  labelNames: "labels(first: $n, search: $s) { nodes { label } }",
  labelCount: "labels(first: 1, search: $s) { __typename }",
  unknownModel: 'labels(first: 1, model: "default@1.0.999") { __typename }',
  models: "models { id version }",
};

/** Letters that take longer to normalise than others. */
const ALPHABETS: Readonly<Record<string, string>> = {
  empty: "",
  latin: "e",
  fullWidth: "Ｅ",
  ligature: "ﷺ",
  combining: "̖́",
  hangul: "ᄀ",
};

/** Fields that answer from tables, or from the bucket. */
export const queryFields = defineRequestMaker({
  name: "graphql-table",
  takesImage: false,
  ranges: {
    field: { choices: Object.keys(FIELDS) },
    aliases: { min: 1, max: 32 },
    first: { min: 1, max: 1000 },
    letters: { choices: Object.keys(ALPHABETS) },
    searchLength: { min: 1, max: 4_000_000 },
  },
  starts: [
    { field: "labelNames", aliases: 20, first: 1000, letters: "empty", searchLength: 1 },
    { field: "labels", aliases: 1, first: 1000, letters: "empty", searchLength: 1 },
    { field: "labelCount", aliases: 24, first: 1, letters: "ligature", searchLength: 1_000_000 },
    { field: "labelCount", aliases: 24, first: 1, letters: "combining", searchLength: 1_000_000 },
    { field: "models", aliases: 32, first: 1, letters: "empty", searchLength: 1 },
    { field: "unknownModel", aliases: 24, first: 1, letters: "empty", searchLength: 1 },
  ],
  make({ field, aliases, first, letters, searchLength }) {
    const text = FIELDS[field] ?? "";
    const uses = [
      ...(text.includes("$n") ? ["$n: Int"] : []),
      ...(text.includes("$s") ? ["$s: String"] : []),
    ];
    const head = uses.length > 0 ? `query (${uses.join(", ")})` : "query";
    const s = (ALPHABETS[letters] ?? "").repeat(searchLength);
    return graphqlRequest(`${head} { ${aliasFields(aliases, text)} }`, { n: first, s });
  },
});

/** Documents that are expensive to validate: fields that must be compared in pairs, fragments in fragments. */
export const overlapping = defineRequestMaker({
  name: "graphql-validation",
  takesImage: false,
  ranges: {
    shape: { choices: ["fields", "inline", "fragments", "nested", "directives", "variables"] },
    count: { min: 1, max: 1000 },
  },
  starts: [
    { shape: "fields", count: 400 },
    { shape: "inline", count: 50 },
    { shape: "fragments", count: 30 },
    { shape: "nested", count: 30 },
    { shape: "directives", count: 5 },
    { shape: "variables", count: 100 },
  ],
  make({ shape, count }) {
    const list = (make: (i: number) => string) =>
      Array.from({ length: count }, (_, i) => make(i)).join(" ");
    const documents: Readonly<Record<string, string>> = {
      fields: `{ models { ${"id ".repeat(count)}} }`,
      inline: `{ ${"... on Query { models { id } } ".repeat(count)}}`,
      fragments: `{ ${list((i) => `...f${i}`)} } ${list((i) => `fragment f${i} on Query { models { id } }`)}`,
      nested: `{ ...f0 } ${list((i) => `fragment f${i} on Query { ${i + 1 < count ? `...f${i + 1} `.repeat(2) : ""}__typename }`)}`,
      directives: `{ models { id ${"@skip(if: false) ".repeat(count)}} }`,
      variables: `query (${list((i) => `$v${i}: ImageInput`)}) { __typename }`,
    };
    return graphqlRequest(documents[shape] ?? "{ __typename }");
  },
});

/** Long documents of few tokens. */
export const longDocument = defineRequestMaker({
  name: "graphql-length",
  takesImage: false,
  ranges: {
    filling: {
      choices: ["# comment\n", " ", ",", "\n", "\ufeff", '"', "block", "name", "number", "{", "["],
    },
    length: { min: 1, max: 4_000_000 },
    method: { choices: ["POST", "GET"] },
  },
  starts: [
    { filling: "\n", length: 4_000_000, method: "POST" },
    { filling: "# comment\n", length: 1_300_000, method: "POST" },
    { filling: "block", length: 3_000_000, method: "POST" },
    { filling: "{", length: 100_000, method: "POST" },
    { filling: "name", length: 4_000_000, method: "POST" },
    { filling: ",", length: 12_000, method: "GET" },
  ],
  make({ filling, length, method }) {
    const documents: Readonly<Record<string, () => string>> = {
      '"': () => `{ labels(search: "${"a".repeat(length)}") { __typename } }`,
      block: () => `{ labels(search: """${" a\n".repeat(length)}""") { __typename } }`,
      name: () => `{ ${"a".repeat(length)}: __typename }`,
      number: () => `{ labels(first: ${"1".repeat(length)}) { __typename } }`,
      "{": () => `{ a${"{a".repeat(length)}`,
      "[": () => `{ labels(search: ${"[".repeat(length)}`,
    };
    const query = documents[filling]?.() ?? `{ ${filling.repeat(length)} __typename }`;
    return method === "POST" ? graphqlRequest(query) : getQuery(query.slice(0, 12_000));
  },
});
