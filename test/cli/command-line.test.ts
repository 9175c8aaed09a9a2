/** The command line as a whole: help, version, exit statuses and errors of wrong command lines. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { runCommandLine } from "../../cli/command-line.ts";
import { COMMANDS } from "../../cli/commands/commands.ts";
import { printCli } from "../../tools/print-cli.ts";
import { refuse } from "./support/refuse.ts";
import { runCli } from "./support/run-cli.ts";

const ROOT = new URL("../../", import.meta.url);
const names = COMMANDS.map(({ name }) => name);

describe("help", () => {
  it.each([[[]], [["help"]], [["-h"]], [["--help"]]])(
    "lists every command with its summary: %j",
    async (words) => {
      const { status, stdout } = await runCommandLine(words);
      expect(status).toBe(0);
      for (const { name, summary } of COMMANDS) {
        expect(stdout).toMatch(new RegExp(`${name} +${summary}\n`));
      }
    },
  );

  it.each([
    ["model", ["model", "--help"]],
    ["model", ["model", "-h"]],
    ["model", ["help", "model"]],
    ["train", ["train", "--help"]],
    ["dataset", ["help", "dataset"]],
  ])("lists the commands of %s alone: %j", async (noun, words) => {
    const { status, stdout } = await runCommandLine(words);
    expect(status).toBe(0);
    for (const { name, summary } of COMMANDS) {
      const isListed = new RegExp(`${name} +${summary}\n`).test(stdout ?? "");
      expect(isListed, name).toBe(name.startsWith(`${noun} `));
    }
  });

  it.each([
    [["model", "quantize", "--help"]],
    [["model", "quantize", "-h"]],
    [["help", "model", "quantize"]],
    [["model", "quantize", "folder", "--count", "none", "--help"]],
  ])("shows what a command takes, with ranges and defaults: %j", async (words) => {
    const { status, stdout } = await runCommandLine(words);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^resnet-edge model quantize FOLDER --images DIR \[options\]\n/);
    expect(stdout).toMatch(/--count N .*\(1 to 10000; default: 128\)/);
    expect(stdout).toMatch(/--format NAME .*qdq, qoperator;\s+default: qoperator/);
    expect(stdout).toMatch(/--images DIR [^-]*\(required\)/);
  });

  it.each(COMMANDS)("shows the summary, arguments and options of $name", async (row) => {
    const command = await row.load();
    const { status, stdout } = await runCommandLine([...row.name.split(" "), "--help"]);
    expect(status).toBe(0);
    expect(stdout).toContain(`\n${row.summary}.\n`);
    for (const { placeholder } of Object.values(command.arguments)) {
      expect(stdout).toContain(`\n  ${placeholder}`);
    }
    const flags = Object.keys(command.options).map((name) =>
      name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    );
    for (const flag of [...flags, "json"]) expect(stdout).toContain(`\n  --${flag}`);
    const lines = stdout?.split("\n") ?? [];
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  });
});

describe("--version", () => {
  it("prints the version of package.json with --version", async () => {
    const { version } = JSON.parse(await readFile(new URL("package.json", ROOT), "utf8"));
    expect(await runCommandLine(["--version"])).toEqual({ status: 0, stdout: version });
  });
});

describe("a wrong command line", () => {
  it.each([
    [["model", "nonesuch"]],
    [["model"]],
    [["constructor"]],
    [["help", "nonesuch"]],
    [["--nonesuch"]],
  ])("refuses an unknown command, and lists the known ones: %j", async (words) => {
    const refusal = await refuse(words);
    expect(refusal).toMatchObject({ status: 2, code: "USAGE" });
    for (const name of names) expect(refusal.cause).toContain(name);
  });

  it.each([
    ["model pul", "model pull"],
    ["modle list", "model list"],
    ["model evalute", "model evaluate"],
  ])("suggests the nearest command for %s: %s", async (words, nearest) => {
    expect((await refuse(words.split(" "))).fix).toContain(`resnet-edge ${nearest}?`);
  });

  it.each([
    ["model quantize x --imagse y", "--images"],
    ["model compare x --max-eror-rate 1", "--max-error-rate"],
    ["model list --jsn", "--json"],
  ])("suggests the nearest option for %s: %s", async (words, nearest) => {
    const refusal = await refuse(words.split(" "));
    expect(refusal).toMatchObject({ status: 2, code: "USAGE" });
    expect(refusal.fix).toContain(`${nearest}?`);
  });

  it("refuses more arguments than a command takes", async () => {
    const refusal = await refuse(["model", "list", "resnet18"]);
    expect(refusal).toMatchObject({ status: 2, code: "USAGE" });
    expect(refusal.what).toContain("resnet18");
  });

  it("reports a wrong command line on standard error in three lines, and exits with 2", async () => {
    const { code, stdout, stderr } = await runCli(["model", "quantize", "x"]);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^error: --images DIR.*\ncause: .*\nfix: {3}.*\n$/);
  });

  it("reports a wrong command line on standard output with --json, and exits with 2", async () => {
    const { code, stdout, stderr } = await runCli(["model", "quantize", "x", "--json"]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error.code).toBe("USAGE");
    expect(stderr).toBe("");
  });
});

it("keeps docs/cli.md up to date (otherwise run npm run schema)", async () => {
  expect(await readFile(new URL("docs/cli.md", ROOT), "utf8")).toBe(await printCli());
});
