/** The command line as a function: finds the command, runs it, and says what to print. */
import { readFile } from "node:fs/promises";
import { ExplainedError, fullMessage, ModelError } from "../src/errors.ts";
import { CliError, type CliErrorCode } from "./cli-error.ts";
import { findNearest } from "./command/find-nearest.ts";
import { formatCommandHelp, formatCommandList } from "./command/format-help.ts";
import { COMMANDS, type CommandRow } from "./commands/commands.ts";

/** What a process prints, and how it ends. */
export type Printed = {
  /** 0, 1 if the command failed, 2 if it was not used correctly. */
  readonly status: number;
  readonly stdout?: string;
  readonly stderr?: string;
};

/** Errors that the same command line always gives. */
const USAGE_CODES: readonly string[] = ["USAGE", "OPTION_INVALID"] satisfies CliErrorCode[];

/** Runs `resnet-edge WORDS…`. Never rejects. */
export async function runCommandLine(
  words: readonly string[],
  commands: readonly CommandRow[] = COMMANDS,
): Promise<Printed> {
  const json = words.includes("--json");
  try {
    return await dispatch(words, commands, json);
  } catch (error) {
    return describeFailure(error, json);
  }
}

/** What to print for an error. */
export function describeFailure(error: unknown, json: boolean): Printed {
  const { code, what, why, fix } = explain(error);
  const status = USAGE_CODES.includes(code) ? 2 : 1;
  return json
    ? { status, stdout: JSON.stringify({ error: { code, what, cause: why, fix } }) }
    : { status, stderr: `error: ${what}\ncause: ${why}\nfix:   ${fix}` };
}

async function dispatch(
  words: readonly string[],
  commands: readonly CommandRow[],
  json: boolean,
): Promise<Printed> {
  if (words[0] === "help") return dispatch([...words.slice(1), "--help"], commands, json);
  if (words[0] === "--version") return { status: 0, stdout: await readOwnVersion() };
  const asksHelp = words.includes("--help") || words.includes("-h");
  const [noun, verb] = words.slice(0, 2).filter((word) => !word.startsWith("-"));
  if (noun === undefined && (asksHelp || words.length === 0)) {
    return { status: 0, stdout: formatCommandList(commands) };
  }
  const verbs = commands.filter((row) => row.name.startsWith(`${noun} `));
  if (verb === undefined && asksHelp && verbs.length > 0) {
    return { status: 0, stdout: formatCommandList(verbs, noun) };
  }
  const row = commands.find((known) => known.name === `${noun} ${verb}`);
  if (!row) throw unknownCommand([noun, verb], commands);
  const command = await row.load();
  if (asksHelp) return { status: 0, stdout: formatCommandHelp(row, command) };
  const { result, text, failed = false } = await command.run(words.slice(2));
  return { status: failed ? 1 : 0, stdout: json ? JSON.stringify(result) : text };
}

function unknownCommand(
  words: readonly (string | undefined)[],
  commands: readonly CommandRow[],
): CliError {
  const given = words.filter((word) => word !== undefined).join(" ");
  const names = commands.map(({ name }) => name);
  const nearest = findNearest(given, names);
  return new CliError("USAGE", {
    what: given === "" ? "No command was given." : `There is no command "${given}".`,
    why: `The commands are ${names.join(", ")}.`,
    fix:
      nearest === undefined
        ? "See resnet-edge --help."
        : `Did you mean resnet-edge ${nearest}? See resnet-edge --help.`,
  });
}

async function readOwnVersion(): Promise<string> {
  const path = new URL("../package.json", import.meta.url);
  return JSON.parse(await readFile(path, "utf8")).version;
}

function explain(error: unknown): Pick<ExplainedError, "code" | "what" | "why" | "fix"> {
  if (error instanceof ExplainedError) return error;
  return {
    code: "COMMAND_FAILED",
    what: "The command failed.",
    why: fullMessage(error instanceof ModelError ? (error.cause ?? error) : error),
    fix: "If the cause is not this machine (disk, permissions), report it as a bug.",
  };
}
