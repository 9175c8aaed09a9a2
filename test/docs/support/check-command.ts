/** Checks a command of the docs without running it. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseCommandLine } from "../../../cli/command/parse-command-line.ts";
import { COMMANDS } from "../../../cli/commands/commands.ts";
import { checkCurl } from "./check-curl.ts";
import type { ShellCommand } from "./shell-commands.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;

/** What earlier commands of a page made, and what it calls the reader's own. */
export type Known = { readonly made: Set<string>; readonly own: ReadonlySet<string> };

/** Programs that every system has. */
const USUAL = new Set([
  "apt-get",
  "cd",
  "cut",
  "du",
  "echo",
  "export",
  "openssl",
  "printf",
  "sha256sum",
  "sort",
  "tail",
  "tr",
]);

/** What a word in capitals may stand for, alone or in a path. */
const EXAMPLES: readonly [RegExp, string][] = [
  [/\bID@VERSION\b/g, "resnet18@1.0.0"],
  [/\bALIAS\b/g, "default"],
  [/\bFORMAT\b/g, "png"],
  [/\bFOLDER\b/g, "models/resnet18"],
  [/\bNAME\b/g, "name"],
];

const scripts: Readonly<Record<string, string>> = JSON.parse(
  await readFile(join(ROOT, "package.json"), "utf8"),
).scripts;

/** @returns what is wrong with the command; empty if nothing is */
export async function checkCommand(
  { words, writes }: ShellCommand,
  known: Known,
): Promise<string[]> {
  const [program = "", ...rest] = words.map((word) =>
    EXAMPLES.reduce((text, [name, example]) => text.replace(name, example), word),
  );
  if (writes !== undefined) known.made.add(writes);
  if (program === "npm") return checkNpm(rest, known);
  if (program === "npx") return checkNpx(rest, known);
  if (program === "curl") return checkCurl(rest, (path) => checkPath(path, known));
  if (program === "bash") return checkPath(rest[0], known).concat(checkPath(rest[1], known));
  return USUAL.has(program) ? [] : [`${program} is not a program that the test knows`];
}

async function checkNpm(words: readonly string[], known: Known): Promise<string[]> {
  const [verb = "", ...others] = words.filter((word) => word !== "-s");
  if (verb === "ci") return [];
  const [name = "", ...given] = verb === "run" ? others : [verb, ...others];
  const script = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
  if (script === undefined) return [`there is no npm script "${name}"`];
  if (given.length === 0) return [];
  if (given[0] !== "--") return [`npm takes ${given[0]} for itself without "--" before it`];
  return checkScript(script.replace(/^node /, ""), given.slice(1), known);
}

/** Checks the arguments of a script of the repository by the options in its source. */
async function checkScript(path: string, words: string[], known: Known): Promise<string[]> {
  const source = await readFile(join(ROOT, path), "utf8");
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {};
  const declared = source.matchAll(
    /(?<=[\s{])"?([\w-]+)"?: \{ type: "(string|boolean)"(?:[^}]*short: "(\w)")?/g,
  );
  for (const [, name = "", type, short] of declared) {
    options[name] = {
      type: type === "string" ? "string" : "boolean",
      ...(short === undefined ? {} : { short }),
    };
  }
  // Some scripts look for flags themselves.
  for (const [, name = ""] of source.matchAll(/argv\.includes\("--([\w-]+)"\)/g)) {
    options[name] = { type: "boolean" };
  }
  // Others list them in the text of --help.
  for (const [, name = "", value] of source.matchAll(/^ {2}--([\w-]+)( [A-Z]+)? {2,}\S/gm)) {
    options[name] = { type: value === undefined ? "boolean" : "string" };
  }
  try {
    const { positionals } = parseArgs({ args: words, options, allowPositionals: true });
    // Others are names and numbers.
    return positionals
      .filter((word) => /[./]/.test(word))
      .flatMap((word) => checkPath(word, known));
  } catch (error) {
    return [`${path}: ${(error as Error).message}`];
  }
}

function checkNpx(
  [program = "", ...words]: readonly string[],
  known: Known,
): string[] | Promise<string[]> {
  if (program === "resnet-edge") return checkCli(words, known);
  if (program === "node" && words[0] === "cli/resnet-edge.ts")
    return checkCli(words.slice(1), known);
  if (!existsSync(join(ROOT, "node_modules/.bin", program))) {
    return [`npm ci installs no program "${program}"`];
  }
  if (program === "node")
    return words[0] === "-p" ? [] : words.flatMap((word) => checkPath(word, known));
  if (program === "vite") return checkPath(words[0], known);
  if (program === "vitest") return checkVitest(words, known);
  return [];
}

function checkVitest(words: readonly string[], known: Known): string[] {
  const [run, flag, project = "", ...paths] = words;
  if (run !== "run" || flag !== "--project" || !["node", "workerd"].includes(project)) {
    return [`vitest ${words.join(" ")} does not run a project`];
  }
  return paths.flatMap((path) => checkPath(path, known));
}

/** Checks a command line of `resnet-edge`, and notes what it makes. */
async function checkCli(words: readonly string[], known: Known): Promise<string[]> {
  // Sentences name the program alone, and "VERB" for all of its verbs.
  if (words.length === 0 || words[1] === "VERB") return [];
  const row = COMMANDS.find(({ name }) => name === words.slice(0, 2).join(" "));
  if (words.includes("--help")) return row || words.length < 3 ? [] : ["there is no such command"];
  if (!row) return [`there is no command "${words.slice(0, 2).join(" ")}"`];
  const command = await row.load();
  try {
    const { args, options } = parseCommandLine(words.slice(2), command);
    const given = (specs: typeof command.arguments | typeof command.options, values: typeof args) =>
      Object.entries(specs).flatMap(([name, spec]) =>
        [values[name]]
          .flat()
          .filter((value) => value !== undefined)
          .map((value) => ({ spec, name, value })),
      );
    const all = [...given(command.arguments, args), ...given(command.options, options)];
    const problems = all.flatMap(({ spec, name, value }) => {
      const placeholder = "placeholder" in spec ? spec.placeholder : "";
      if (name === "out") return [];
      if (/^(?:FOLDER|DIR|FILE|PATH|PHOTOS|RUN|MANIFEST)\b/.test(placeholder)) {
        return checkPath(
          typeof value === "string" ? value : (value as { file?: string }).file,
          known,
        );
      }
      return /^ID@VERSION/.test(placeholder) ? checkVersion(value, known) : [];
    });
    noteMade(row.name, args, options, known);
    return problems;
  } catch (error) {
    return [(error as Error).message];
  }
}

function noteMade(
  command: string,
  args: Readonly<Record<string, unknown>>,
  options: Readonly<Record<string, unknown>>,
  { made }: Known,
): void {
  if (command === "model pull")
    made.add(String(options.out ?? join(".resnet-edge", String(args.name))));
  if (/^train (?:run|distill|ensemble)$/.test(command)) made.add(String(options.out));
  if (command === "model quantize") made.add(String(options.out ?? `${args.folder}-int8`));
}

/** A version is embedded, or the reader's. */
function checkVersion(value: unknown, { own }: Known): string[] {
  const { id, version } = value as { id: string; version: string };
  const manifest = join(ROOT, "models", id, "manifest.json");
  return own.has(id) || existsSync(manifest) ? [] : [`${id}@${version} is not an embedded model`];
}

/** A path exists, an earlier command makes it, or it is the reader's. Data beside the clone is not in the repository. */
function checkPath(path: string | undefined, { made, own }: Known): string[] {
  if (path === undefined || path.startsWith("../shared/") || /^https?:/.test(path)) return [];
  const isIn = (folders: Iterable<string>) =>
    [...folders].some((folder) => path === folder || path.startsWith(`${folder}/`));
  if (isIn(made) || isIn(own) || existsSync(join(ROOT, path))) return [];
  return [`${path} does not exist, and no earlier command of the page makes it`];
}
