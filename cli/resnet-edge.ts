#!/usr/bin/env node
/** The command line: a noun, a verb, and what the verb takes. */
import { CliError } from "./cli-error.ts";
import type { Command } from "./command.ts";
import { compare } from "./model/compare.ts";
import { evaluate } from "./model/evaluate.ts";
import { list } from "./model/list.ts";
import { promote } from "./model/promote.ts";
import { publish } from "./model/publish.ts";
import { pull } from "./model/pull.ts";
import { quantize } from "./model/quantize.ts";
import { remove } from "./model/remove.ts";
import { rollback } from "./model/rollback.ts";
import { shadow } from "./model/shadow.ts";
import { split } from "./model/split.ts";
import { verify } from "./model/verify.ts";

const COMMANDS: Readonly<Record<string, Command>> = {
  "model pull": pull,
  "model quantize": quantize,
  "model evaluate": evaluate,
  "model publish": publish,
  "model list": list,
  "model promote": promote,
  "model split": split,
  "model shadow": shadow,
  "model compare": compare,
  "model rollback": rollback,
  "model remove": remove,
  "model verify": verify,
};

const USAGE = `resnet-edge NOUN VERB …

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(16)} ${summary}`)
  .join("\n")}

resnet-edge NOUN VERB --help says more. --json prints one line of JSON in place of words.`;

const [noun = "", verb = "", ...args] = process.argv.slice(2);
const json = args.includes("--json");
try {
  const name = `${noun} ${verb}`.trim();
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (noun === "--help" || noun === "") console.log(USAGE);
  else if (!command) throw new CliError(`There is no command "${name}".`, "See below.", USAGE);
  else if (args.includes("--help")) console.log(command.usage);
  else {
    const { result, words, failed = false } = await command.run(args);
    console.log(json ? JSON.stringify(result) : words);
    if (failed) process.exitCode = 1;
  }
} catch (error) {
  report(error);
  process.exitCode = 1;
}

function report(error: unknown): void {
  const { what, reason, fix } = explain(error);
  if (json) console.log(JSON.stringify({ error: { what, cause: reason, fix } }));
  else console.error(`error: ${what}\ncause: ${reason}\nfix:   ${fix}`);
}

function explain(error: unknown): Pick<CliError, "what" | "reason" | "fix"> {
  if (error instanceof CliError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: unknown } | null)?.code;
  // What node:util says of options that it does not know.
  if (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS")) {
    return { what: "An option is wrong.", reason: message, fix: "See --help." };
  }
  return {
    what: "The command failed.",
    reason: message,
    fix: "If this is no fault of the machine (disk, permissions), report it.",
  };
}
