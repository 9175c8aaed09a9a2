/** Whatever the docs point to exists: files, folders, headings, npm scripts. */
import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { posix } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Words in capitals that stand for a name in the paths of a recipe: `src/imaging/FORMAT/codec.ts`. */
const PLACEHOLDER = /(?<![A-Za-z])(?:ALIAS|EXTENSION|FORMAT|ID|NAME|VERB|VERSION)(?![A-Za-z])/g;

/** A path from the root of the repository, in prose, code or a command. */
const PATH =
  /(?<![\w./@~-])(?:\.ci|bench|cli|docs|examples|models|src|test|tools|web)\/[\w.*/-]*[\w*]/g;

/** A source file without its folder, in code: `codec.ts`. */
const SOURCE_FILE = /`((?:[\w*.-]+\/)*[\w*.-]+\.tsx?)`/g;

const LINK = /\]\(<?([^)\s>]+)>?\)/g;
const HEADING = /^#{1,6} +(.+?) *#*$/gm;
const FENCE = /^( *)(```+)[^\n]*\n[\s\S]*?^\1\2 *$/gm;
const NPM_RUN = /npm run (?:-s )?([\w:-]+)/g;

const scripts: Record<string, string> = JSON.parse(
  await readFile(`${ROOT}package.json`, "utf8"),
).scripts;
const files = await listFiles();
const pages = new Map<string, string>();
for (const path of files.filter((file) => file.endsWith(".md"))) {
  pages.set(path, await readFile(ROOT + path, "utf8"));
}

describe.each([...pages])("%s", (page, text) => {
  it("names only paths that exist", () => {
    expect(findMissingPaths(text)).toEqual([]);
  });

  it("links only to files and headings that exist", () => {
    expect(findBrokenLinks(page, text)).toEqual([]);
  });

  it("names only npm scripts that exist", () => {
    const named = matchAll(NPM_RUN, text);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

describe("the check of the docs", () => {
  it("reads every page", () => {
    expect([...pages.keys()]).toEqual(
      expect.arrayContaining(["README.md", "CONTRIBUTING.md", "docs/architecture.md"]),
    );
    const all = [...pages.values()].join("\n");
    expect(matchAll(PATH, all).length).toBeGreaterThan(150);
    expect(matchAll(LINK, all).length).toBeGreaterThan(100);
  });

  it.each([
    ["a file in prose", "See src/nonesuch.ts.", "src/nonesuch.ts"],
    ["a folder in code", "`src/nonesuch/`", "src/nonesuch"],
    ["a file in a command", "```sh\nnpx vitest run test/none.test.ts\n```", "test/none.test.ts"],
    ["a file by its name alone", "`nonesuch.ts`", "nonesuch.ts"],
    ["a file below the folder of a page", "`jpeg/nonesuch.ts`", "jpeg/nonesuch.ts"],
    ["a pattern that nothing matches", "`src/imaging/*/nonesuch.ts`", "src/imaging/*/nonesuch.ts"],
    ["a placeholder that nothing matches", "`src/FORMAT/no.ts`", "src/FORMAT/no.ts"],
  ])("finds %s that does not exist", (_, text, path) => {
    expect(findMissingPaths(text)).toEqual([path]);
  });

  it.each([
    ["files and folders", "src/imaging, `src/errors.ts`, (test/worker) and web/."],
    ["patterns and placeholders", "`src/imaging/*/codec.ts`, `src/imaging/FORMAT/codec.ts`"],
    ["URLs and keys of the bucket", "https://x.test/src/none.ts, models/<id>/none.onnx"],
    ["names alone", "`codecs.ts`, `gif/codec.ts`, `*/*-header.ts`"],
  ])("accepts %s", (_, text) => {
    expect(findMissingPaths(text)).toEqual([]);
  });

  it.each([
    ["a file", "[x](nonesuch.md)", "nonesuch.md"],
    ["a picture", "![](figures/nonesuch.svg)", "figures/nonesuch.svg"],
    ["a heading of another page", "[x](registry.md#nonesuch)", "registry.md#nonesuch"],
    ["a heading of the same page", "## A b\n[x](#a-c)", "#a-c"],
  ])("finds a link to %s that does not exist", (_, text, link) => {
    expect(findBrokenLinks("docs/page.md", text)).toEqual([link]);
  });

  it("accepts links to files, headings and other sites, and ignores code", () => {
    const text = `## What \`model evaluate\` finds, in 3 steps\n## Again\n## Again
[a](#what-model-evaluate-finds-in-3-steps) [b](../README.md#deploy) [c](#again-1) [d](figures)
[e](https://example.com/none)\n\`\`\`md\n[f](none.md)\n\`\`\`\n`;
    expect(findBrokenLinks("docs/page.md", text)).toEqual([]);
  });
});

function findMissingPaths(text: string): string[] {
  const named = matchAll(PATH, text).filter((path) => !exists(`^${toPattern(path)}(?:/|$)`));
  const bare = matchAll(SOURCE_FILE, text)
    .filter((path) => !new RegExp(`^${PATH.source}$`).test(path))
    .filter((path) => !exists(`(?:^|/)${toPattern(path)}$`));
  return [...named, ...bare];
}

function exists(pattern: string): boolean {
  const expression = new RegExp(pattern);
  return files.some((file) => expression.test(file));
}

/** A regular expression of a path: a `*` or a placeholder is part of one name. */
function toPattern(path: string): string {
  return path.replace(PLACEHOLDER, "*").replaceAll(".", "\\.").replaceAll("*", "[^/]+");
}

function findBrokenLinks(page: string, text: string): string[] {
  return matchAll(LINK, text.replace(FENCE, "")).filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : posix.join(posix.dirname(page), path);
    if (!existsSync(ROOT + target)) return true;
    const content = path === "" ? text : (pages.get(target) ?? "");
    return anchor !== undefined && !anchorsOf(content).has(anchor);
  });
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const heading of matchAll(HEADING, text.replace(FENCE, ""))) {
    const slug = heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-");
    let anchor = slug;
    for (let i = 1; anchors.has(anchor); i++) anchor = `${slug}-${i}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** The first groups of all matches; the whole match if there is no group. */
function matchAll(expression: RegExp, text: string): string[] {
  return Array.from(text.matchAll(expression), ([whole, group]) => group ?? whole);
}

/** Files of the repository, as paths from its root. */
async function listFiles(): Promise<string[]> {
  const skipped = new Set(["node_modules", ".git", ".wrangler", ".resnet-edge", "dist"]);
  const files: string[] = [];
  for (const pattern of ["**/*", ".ci/*"]) {
    const exclude = (path: string) => skipped.has(posix.basename(path));
    for await (const file of glob(pattern, { cwd: ROOT, exclude })) files.push(file);
  }
  return files.sort();
}
