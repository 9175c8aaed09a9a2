#!/usr/bin/env node
/** The command line: a noun, a verb, and what the verb takes. */
import { ExplainedError } from "../src/errors.ts";
import { CliError } from "./cli-error.ts";
import type { Command } from "./command.ts";

/** A verb: in one line, and where it is; wrangler alone takes half a second to load. */
type Entry = { readonly summary: string; readonly load: () => Promise<Command> };

const COMMANDS: Readonly<Record<string, Entry>> = {
  "model pull": {
    summary: "weights from their source, verified, as an ONNX graph",
    load: async () => (await import("./commands/model/pull.ts")).pull,
  },
  "model quantize": {
    summary: "float32 to int8, by the most faithful of several ways",
    load: async () => (await import("./commands/model/quantize.ts")).quantize,
  },
  "model evaluate": {
    summary: "accuracy, calibration and thresholds, into the manifest",
    load: async () => (await import("./commands/model/evaluate.ts")).evaluate,
  },
  "model publish": {
    summary: "a model folder into a bucket, as a version that never changes",
    load: async () => (await import("./commands/model/publish.ts")).publish,
  },
  "model list": {
    summary: "what is published, and which names mean what",
    load: async () => (await import("./commands/model/list.ts")).list,
  },
  "model promote": {
    summary: "lets a name mean a version",
    load: async () => (await import("./commands/model/promote.ts")).promote,
  },
  "model split": {
    summary: "lets several versions share a name's requests",
    load: async () => (await import("./commands/model/split.ts")).split,
  },
  "model shadow": {
    summary: "runs a version after a name's answers, unseen",
    load: async () => (await import("./commands/model/shadow.ts")).shadow,
  },
  "model compare": {
    summary: "how a new version does beside the one that a name means",
    load: async () => (await import("./commands/model/compare.ts")).compare,
  },
  "model rollback": {
    summary: "lets a name mean what it meant before",
    load: async () => (await import("./commands/model/rollback.ts")).rollback,
  },
  "model remove": {
    summary: "deletes a version that nothing uses",
    load: async () => (await import("./commands/model/remove.ts")).remove,
  },
  "model purge": {
    summary: "forgets what was remembered of a version's answers",
    load: async () => (await import("./commands/model/purge.ts")).purge,
  },
  "model verify": {
    summary: "whether what is published can answer",
    load: async () => (await import("./commands/model/verify.ts")).verify,
  },
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
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (noun === "--help" || noun === "") console.log(USAGE);
  else if (!entry) throw new CliError(`There is no command "${name}".`, "See below.", USAGE);
  else {
    const command = await entry.load();
    if (args.includes("--help")) console.log(command.usage);
    else {
      const { result, words, failed = false } = await command.run(args);
      console.log(json ? JSON.stringify(result) : words);
      if (failed) process.exitCode = 1;
    }
  }
} catch (error) {
  report(error);
  process.exitCode = 1;
}

function report(error: unknown): void {
  const { what, why, fix } = explain(error);
  if (json) console.log(JSON.stringify({ error: { what, cause: why, fix } }));
  else console.error(`error: ${what}\ncause: ${why}\nfix:   ${fix}`);
}

function explain(error: unknown): Pick<ExplainedError, "what" | "why" | "fix"> {
  if (error instanceof ExplainedError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: unknown } | null)?.code;
  // What node:util says of options that it does not know.
  if (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS")) {
    return { what: "An option is wrong.", why: message, fix: "See --help." };
  }
  return {
    what: "The command failed.",
    why: message,
    fix: "If this is no fault of the machine (disk, permissions), report it.",
  };
}
