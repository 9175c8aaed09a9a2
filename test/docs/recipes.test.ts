/** What the docs promise to list, they list: formats, settings, error codes; and their examples are valid. */
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { HTTP_ERRORS } from "../../src/http/errors.ts";
import { CODECS } from "../../src/imaging/codecs.ts";
import { FORMAT_NAMES, joinNames } from "../../src/imaging/formats.ts";
import { labelSpecSchema } from "../../src/labels/class-spec.ts";
import { labelMapSchema } from "../../src/labels/label-map.ts";
import { aliasesSchema } from "../../src/models/aliases.ts";
import { purgesSchema } from "../../src/models/purges.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string) => readFile(new URL(path, ROOT), "utf8");

const recipes = await read("docs/recipes.md");

describe.each(sectionsOf(recipes))("the recipe for %s", (title, text) => {
  it("is linked from the top of the page", () => {
    expect(recipes.slice(0, recipes.indexOf("\n## "))).toContain(`[${title}](#`);
  });

  it("has numbered steps, with commands that check them", () => {
    expect(text).toMatch(/^1\. /m);
    expect(text).toMatch(/^2\. /m);
    expect(text).toMatch(/```sh\n *(?:npm|npx) /);
  });
});

describe("the formats", () => {
  it("are listed in the README, in the order of formats.ts", async () => {
    expect(await read("README.md")).toContain(joinNames(FORMAT_NAMES, "or"));
  });

  it.each(["maxPixels", "maxWholePixels"] as const)(
    "that are limited by %s are those in its row in docs/imaging.md",
    async (limit) => {
      const row = rowsOf(await read("docs/imaging.md")).find(([first]) => first === `\`${limit}\``);
      const named = (row?.[3] ?? "").replace("width × height of ", "").split(", ");
      const limited = CODECS.filter(({ pixelLimit }) => pixelLimit === limit);
      expect(named.sort()).toEqual(limited.map(({ name }) => name).sort());
    },
  );
});

const wrangler = await read("wrangler.toml");
const settings = await readSettingNames();
const reference = await readReference();

describe.each(settings)("the setting %s", (name) => {
  it("has a line in wrangler.toml", () => {
    // A secret has no place in wrangler.toml, so that it is only named there.
    const line = name === "API_KEYS" ? `# .*\\b${name}\\b` : `(?:# )?${name} = "`;
    expect(wrangler).toMatch(new RegExp(`^${line}`, "m"));
  });

  it("is explained on a page of docs/", () => {
    const explaining = [...reference].filter(([, text]) => new RegExp(`\\b${name}\\b`).test(text));
    expect(explaining.map(([page]) => page)).not.toEqual([]);
  });
});

describe("wrangler.toml", () => {
  /** Settings that are off by default, so that their lines show an example. */
  const EXAMPLES = ["LABEL_MAP", "URL_ALLOWED_HOSTS", "CORS_ORIGINS"];
  const lines = wrangler.slice(wrangler.indexOf("[vars]"), wrangler.indexOf("[dev]"));
  const values = Array.from(
    lines.matchAll(/^(?:# )?([A-Z_]+) = "(.*)"$/gm),
    ([, name = "", value = ""]) => [name, value] as const,
  );

  it("has no line for a setting that does not exist", () => {
    expect(values.map(([name]) => name).filter((name) => !settings.includes(name))).toEqual([]);
  });

  it.each(values.filter(([name]) => !EXAMPLES.includes(name)))(
    "shows the default of %s: %s",
    (name, value) => {
      expect(parseConfig({ [name]: value })).toEqual(parseConfig({}));
    },
  );
});

describe("docs/errors.md", async () => {
  /** Codes that do not come from this project's own errors. */
  const OTHERS = [
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "INTERNAL_SERVER_ERROR",
    "OPERATION_RESOLUTION_FAILURE",
    "PERSISTED_QUERY_NOT_SUPPORTED",
  ];
  const rows = rowsOf(await read("docs/errors.md")).filter(([code]) => /^`[A-Z_]+`/.test(code));
  const codes = rows.flatMap(([code]) => Array.from(code.matchAll(/`([A-Z_]+)`/g), ([, c]) => c));

  it.each(Object.entries(HTTP_ERRORS))("has a row for %s, with its status", (code, http) => {
    const [, status] = rows.find(([first]) => first === `\`${code}\``) ?? [];
    const retries = Object.hasOwn(http.headers ?? {}, "retry-after");
    expect(status).toBe(`${http.status}${retries ? ", `Retry-After`" : ""}`);
  });

  it("has no row for a code that does not exist", () => {
    expect(codes.sort()).toEqual([...Object.keys(HTTP_ERRORS), ...OTHERS].sort());
  });
});

describe("the examples of docs/model-format.md", async () => {
  const text = await read("docs/model-format.md");

  it.each([
    ["of classes", '"classes"', labelSpecSchema],
    ["of a label map", '"supplier invoice"', labelMapSchema],
    ["of aliases.json", '"aliases"', aliasesSchema],
    ["of purges.json", '@1.1.0": 1', purgesSchema],
  ])("%s are valid", (_, mark, schema) => {
    const blocks = Array.from(text.matchAll(/```json\n([\s\S]*?)```/g), ([, json]) => json ?? "");
    const json = blocks.filter((block) => block.includes(mark));
    expect(json).toHaveLength(1);
    expect(schema.safeParse(JSON.parse(json[0] ?? "")).error).toBeUndefined();
  });
});

/** Sections with their titles, as they are in the middle of a sentence: "an error code". */
function sectionsOf(text: string): [title: string, text: string][] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => [
      section.charAt(0).toLowerCase() + section.slice(1, section.indexOf("\n")),
      section,
    ]);
}

/** The rows of all tables, as their cells. */
function rowsOf(text: string): [first: string, ...others: string[]][] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => {
      const [first = "", ...others] = line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim());
      return [first, ...others];
    });
}

/** The pages of docs/ by name, without those that name settings only as examples. */
async function readReference(): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  for (const file of await readdir(new URL("docs", ROOT))) {
    if (!file.endsWith(".md") || /^(?:recipes|architecture)\.md$/.test(file)) continue;
    pages.set(file, await read(`docs/${file}`));
  }
  return pages;
}

/** The keys of `settings` in src/config.ts, which only their types tell otherwise. */
async function readSettingNames(): Promise<string[]> {
  const [, body = ""] =
    /^const settings = \{\n([\s\S]*?)^\};/m.exec(await read("src/config.ts")) ?? [];
  const names = Array.from(body.matchAll(/^ {2}([A-Z_]+):/gm), ([, name = ""]) => name);
  if (names.length < 15) throw new Error("The settings are no longer found in src/config.ts.");
  return names;
}
