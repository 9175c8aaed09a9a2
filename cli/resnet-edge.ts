#!/usr/bin/env node
/** The command line: a noun, a verb, and what the verb takes. */
import { CliError } from "./cli-error.ts";
import { PULL_USAGE, pullModel } from "./model/pull.ts";

/** A verb: what it does, and how it says so. */
type Command = {
  readonly usage: string;
  /** The result, for --json, and in words. */
  readonly run: (args: readonly string[]) => Promise<{ result: unknown; words: string }>;
};

const COMMANDS: Readonly<Record<string, Command>> = {
  "model pull": {
    usage: PULL_USAGE,
    run: async (args) => {
      const result = await pullModel(args);
      const { name, architecture, folder, files, licence, sha256 } = result;
      return {
        result,
        words: `${name} (${architecture}, ${licence}) is in ${folder}: ${files.join(", ")}.\nSHA-256 of the source: ${sha256}`,
      };
    },
  },
};

const USAGE = `resnet-edge NOUN VERB …

  model pull    weights from their source, verified, as an ONNX graph

resnet-edge NOUN VERB --help says more.`;

const [noun = "", verb = "", ...args] = process.argv.slice(2);
const json = args.includes("--json");
try {
  const command = COMMANDS[`${noun} ${verb}`];
  if (noun === "--help" || noun === "") console.log(USAGE);
  else if (!command) {
    throw new CliError(`There is no command "${`${noun} ${verb}`.trim()}".`, "See below.", USAGE);
  } else if (args.includes("--help")) console.log(command.usage);
  else {
    const { result, words } = await command.run(args);
    console.log(json ? JSON.stringify(result) : words);
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
