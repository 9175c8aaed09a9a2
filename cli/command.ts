import { parseArgs } from "node:util";
import { CliError } from "./cli-error.ts";

/** What a verb did. */
export type Outcome = {
  /** For --json. */
  readonly result: unknown;
  readonly words: string;
  /** Whether the process is to end with 1, as where a check has failed. */
  readonly failed?: boolean;
};

/** A verb. */
export type Command = {
  readonly usage: string;
  /** @throws CliError */
  readonly run: (args: readonly string[]) => Promise<Outcome>;
};

type OptionTypes = Readonly<Record<string, "string" | "boolean" | "strings">>;

/** Options by name; a list where one may be given several times. */
export type Options<Types extends OptionTypes> = {
  readonly [Name in keyof Types]: Types[Name] extends "boolean"
    ? boolean
    : Types[Name] extends "strings"
      ? readonly string[]
      : string | undefined;
} & { readonly json: boolean };

/**
 * Parses options; `--json` is one of every command's.
 *
 * @throws TypeError as node:util does, for an option that is not among `types`
 */
export function parseOptions<Types extends OptionTypes>(
  args: readonly string[],
  types: Types,
): { readonly options: Options<Types>; readonly words: readonly string[] } {
  const all: OptionTypes = { ...types, json: "boolean" };
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(all).map(([name, type]) => [
        name,
        {
          type: type === "boolean" ? ("boolean" as const) : ("string" as const),
          multiple: type === "strings",
        },
      ]),
    ),
  });
  const fallbacks = { boolean: false, strings: [], string: undefined };
  const options = Object.fromEntries(
    Object.entries(all).map(([name, type]) => [name, values[name] ?? fallbacks[type]]),
  );
  return { options: options as Options<Types>, words: positionals };
}

/**
 * Reads a number.
 *
 * @param text - undefined where the option was not given
 * @throws CliError where it is no number from `min` to `max`
 */
export function readNumber(
  option: string,
  text: string | undefined,
  { min, max, integer = false }: { min: number; max: number; integer?: boolean },
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  const valid = text.trim() !== "" && value >= min && value <= max;
  if (valid && (!integer || Number.isInteger(value))) return value;
  throw new CliError(
    `--${option} is wrong.`,
    `It is ${text}, but must be a ${integer ? "whole " : ""}number from ${min} to ${max}.`,
    `Give one, as in --${option} ${integer ? max : (min + max) / 2}.`,
  );
}

/** @throws CliError where the words after the verb are not as many as there must be */
export function requireWords(
  words: readonly string[],
  names: readonly string[],
  verb: string,
): readonly string[] {
  if (words.length === names.length) return words;
  throw new CliError(
    `model ${verb} takes ${names.length === 0 ? "no words" : names.join(" ")}.`,
    words.length === 0 ? "None was given." : `What was given is: ${words.join(" ")}.`,
    `See: resnet-edge model ${verb} --help`,
  );
}
