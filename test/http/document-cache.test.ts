import { parse } from "graphql";
import { createSchema, createYoga } from "graphql-yoga";
import { describe, expect, it } from "vitest";
import { DocumentCache } from "../../src/http/document-cache.ts";
import { limitPlugins } from "../../src/http/graphql-limits.ts";

const documentOf = (name: string) => parse(`{ ${name} }`);

describe("DocumentCache", () => {
  it("keeps the eight documents that were used last", () => {
    const cache = new DocumentCache();
    for (const name of "abcdefgh") cache.set(name, documentOf(name));
    cache.get("a");
    cache.set("i", documentOf("i"));
    const kept = [..."abcdefghi"].filter((name) => cache.get(name) !== undefined);
    expect(kept.join("")).toBe("acdefghi");
  });

  it("does not keep long documents", () => {
    const cache = new DocumentCache();
    const text = `{ a } # ${" ".repeat(4000)}`;
    cache.set(text, parse(text));
    expect(cache.get(text)).toBeUndefined();
  });

  it("lets the limits apply to a document that was sent before", async () => {
    const yoga = createYoga({
      schema: createSchema({
        typeDefs: "type Query { next: Query, value: Int }",
        resolvers: { Query: { next: () => ({}), value: () => 1 } },
      }),
      logging: false,
      maskedErrors: false,
      parserAndValidationCache: { documentCache: new DocumentCache() },
      plugins: limitPlugins("hardened"),
    });
    const nested = `${"{ next ".repeat(9)}{ value }${" }".repeat(9)}`;
    const ask = async (query: string) => {
      const url = `http://localhost/graphql?query=${encodeURIComponent(query)}`;
      return JSON.stringify(await (await yoga.fetch(url)).json());
    };
    for (const time of ["first", "second", "third"]) {
      expect(await ask("{ value }"), time).toContain('"value":1');
      expect(await ask(nested), time).toContain("levels of nested fields");
      expect(await ask("{ __schema { description } }"), time).toContain("errors");
    }
  });
});
