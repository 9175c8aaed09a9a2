/** The commands of the docs can be pasted: programs, options, files and paths of the API exist. */
import { glob, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { checkCommand, type Known } from "./support/check-command.ts";
import { findShellCommands } from "./support/shell-commands.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const PAGES = ["*.md", "docs/**/*.md", "examples/**/*.md", "models/*/*.md"];
/** "`a` and `b` stand for your own files": what the repository does not have. */
const OWN =
  /((?:`[^`]+`(?:, and |, | and | 和 )?)+)\s*(?:stands?\s+for\s+your\s+own|代表你自己的)/g;

const pages: [page: string, text: string][] = [];
for await (const page of glob(PAGES, { cwd: ROOT })) {
  pages.push([page, await readFile(ROOT + page, "utf8")]);
}
const withCommands = pages.filter(([, text]) => findShellCommands(text).length > 0).sort();

describe.each(withCommands)("%s", (_, text) => {
  it("has only commands that can be pasted", async () => {
    // As text, because a list of more than one is cut off.
    expect((await checkPage(text)).join("\n")).toBe("");
  });
});

describe("the check of commands", () => {
  it("reads every page that has commands", () => {
    expect(withCommands.map(([page]) => page)).toEqual(
      expect.arrayContaining([
        "README.md",
        "README.zh-CN.md",
        "docs/registry.md",
        "docs/recipes.md",
      ]),
    );
    const all = withCommands.flatMap(([, text]) => findShellCommands(text));
    expect(all.length).toBeGreaterThan(100);
  });

  it.each([
    ["an npm script", "npm run nonesuch", 'there is no npm script "nonesuch"'],
    ["an option of a script", "npm run load -- --nonesuch", "Unknown option '--nonesuch'"],
    ["the value of an option of a script", "npm run fuzz -- --seed", "argument missing"],
    ["the -- before options of a script", "npm run load --seconds 3", 'without "--"'],
    ["a verb", "npx resnet-edge model nonesuch", 'there is no command "model nonesuch"'],
    ["an option", "npx resnet-edge model list --nonesuch", "--nonesuch is not an option"],
    [
      "a value",
      "npx resnet-edge model quantize models/resnet18 --images",
      "--images needs a value",
    ],
    [
      "a required option",
      "npx resnet-edge model quantize models/resnet18",
      "--images DIR is missing",
    ],
    [
      "a folder",
      "npx resnet-edge model evaluate models/resnet18 --data nonesuch",
      "nonesuch does not",
    ],
    ["a folder of models", "npx resnet-edge model publish nonesuch", "nonesuch does not exist"],
    ["a version", "npx resnet-edge model remove nonesuch@1.0.0", "nonesuch@1.0.0 is not"],
    ["a file that npx runs", "npx node nonesuch.ts", "nonesuch.ts does not exist"],
    ["a program", "npx nonesuch", 'no program "nonesuch"'],
    ["a test", "npx vitest run --project node test/nonesuch", "test/nonesuch does not"],
    ["a photo", "curl --data-binary @nonesuch.jpg http://localhost:8787/classify", "nonesuch.jpg"],
    ["a path", "curl http://localhost:8787/nonesuch", "there is nothing at /nonesuch"],
    ["a parameter", "curl 'http://localhost:8787/classify?nonesuch=1'", 'parameter "nonesuch"'],
    [
      "a field",
      `curl -F operations='{"query":"{nonesuch}"}' http://localhost:8787/graphql`,
      "field",
    ],
    ["a replayed file", "npm run replay -- receipt.json examples/cat.jpg", "receipt.json does not"],
  ])("finds that %s is missing: %s", async (_, command, problem) => {
    const block = await checkPage(`\`\`\`sh\n${command}   # comment\n\`\`\``);
    expect(block).toEqual([expect.stringContaining(problem)]);
    expect(await checkPage(`Run \`${command}\` now.`)).toEqual(
      block.map((text) => text.replace("2:", "1:")),
    );
    expect(await checkPage(`\`\`\`\n$ ${command}\n\`\`\``)).toEqual(block);
  });

  it.each([
    [
      "a folder that an earlier command makes",
      "npx resnet-edge model pull x --from models/resnet18/int8.onnx\nnpx resnet-edge model publish .resnet-edge/x",
    ],
    [
      "a file that > writes",
      "echo 1 > receipt.json && npm run replay -- receipt.json examples/cat.jpg",
    ],
    ["what is the reader's own", "npx resnet-edge model promote default mine@1.0.0"],
    [
      "a line that goes on",
      "npx resnet-edge model evaluate models/resnet18 \\\n  --data examples/val",
    ],
  ])("accepts %s", async (_, commands) => {
    expect(
      await checkPage(`\`mine\` stands for your own model.\n\`\`\`sh\n${commands}\n\`\`\``),
    ).toEqual([]);
  });
});

/** The problems of a page, each after its line and command. */
async function checkPage(text: string): Promise<string[]> {
  const names = Array.from(text.matchAll(OWN), ([, list = ""]) => list.match(/[^`]+(?=`)/g) ?? []);
  const known: Known = { made: new Set(), own: new Set(names.flat()) };
  const problems: string[] = [];
  for (const command of findShellCommands(text)) {
    for (const problem of await checkCommand(command, known)) {
      problems.push(`${command.line}: ${command.words.join(" ")}: ${problem}`);
    }
  }
  return problems;
}
