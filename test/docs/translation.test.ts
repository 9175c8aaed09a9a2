/** README.zh-CN.md says what README.md says. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { findShellCommands } from "./support/shell-commands.ts";

const read = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), "utf8");
const english = await read("README.md");
const chinese = await read("README.zh-CN.md");

const FENCE = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;
const LINK = /\]\(<?([^)\s>]+)>?\)/g;
const NUMBER = /\d+(?:[.,]\d+)*/g;

/** Chinese readers are shown how to ask for Chinese names. */
const LOCALE = /&locale=ZH\b| --locale zh\b/;

describe("README.zh-CN.md", () => {
  it.each<[what: string, of: (text: string) => unknown]>([
    ["headings, in the same order", (text) => text.replace(FENCE, "").match(/^#+(?= )/gm)],
    ["blocks of code", (text) => Array.from(text.matchAll(FENCE), ([, , language]) => language)],
    ["commands", commandsOf],
    ["code apart from comments and the names of classes", bodiesOf],
    ["links", (text) => linksOf(text).sort()],
    ["rows of tables", (text) => text.match(/^\|/gm)?.length],
    ["items of lists", (text) => text.match(/^- /gm)?.length],
    ["figures", (text) => text.replace(FENCE, "").replace(LINK, "").match(NUMBER)?.sort()],
  ])("has the same %s as README.md", (_, of) => {
    expect(of(chinese)).toEqual(of(english));
  });
});

function commandsOf(text: string): string[] {
  return findShellCommands(text)
    .map(({ words }) => words.join(" ").replace(LOCALE, ""))
    .filter((command) => command !== "npm start")
    .sort();
}

/** Of GraphQL and JSON the text; of what a command prints, the number of lines. */
function bodiesOf(text: string): (string | number)[] {
  return Array.from(text.matchAll(FENCE), ([, , language = "", body = ""]) =>
    /json|graphql/.test(language)
      ? body.replace(/ *#.*$/gm, "").replace(/"label": "[^"]*"/g, '"label"')
      : body.split("\n").length,
  );
}

/** The targets of links. Each README links to the other. */
function linksOf(text: string): string[] {
  return Array.from(text.matchAll(LINK), ([, link = ""]) => link.replace("README.zh-CN", "README"));
}
