/** Turns the words of a command line into the values that a command declares. */
import { parseArgs } from "node:util";
import { CliError } from "../cli-error.ts";
import { findNearest } from "./find-nearest.ts";
import {
  type ArgumentSpecs,
  COMMON_OPTIONS,
  type OptionSpec,
  type OptionSpecs,
  toFlag,
} from "./option-specs.ts";
import { readArguments } from "./read-arguments.ts";
import { readValue } from "./read-value.ts";

export type ParsedCommandLine = {
  readonly args: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
};

/** @throws CliError USAGE or OPTION_INVALID */
export function parseCommandLine(
  words: readonly string[],
  specs: { readonly arguments: ArgumentSpecs; readonly options: OptionSpecs },
): ParsedCommandLine {
  const all: OptionSpecs = { ...specs.options, ...COMMON_OPTIONS };
  const names = new Map(Object.keys(all).map((name) => [toFlag(name), name]));
  // Not strict: the errors below name the nearest option.
  const { tokens, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(all).map(([name, { type }]) => [
        toFlag(name).slice(2),
        { type: type === "flag" ? ("boolean" as const) : ("string" as const) },
      ]),
    ),
  });
  const texts = new Map<string, (string | true)[]>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const name = names.get(token.rawName);
    if (name === undefined) throw unknownOption(token.rawName, [...names.keys()]);
    const text = requireText(token, all[name] as OptionSpec);
    texts.set(name, [...(texts.get(name) ?? []), text]);
  }
  const args = readArguments(positionals, specs.arguments);
  const options = Object.fromEntries(
    Object.entries(all).map(([name, spec]) => [name, readOption(name, spec, texts.get(name))]),
  );
  return { args, options };
}

type OptionToken = {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
};

/** @returns the text that was given; true for a flag */
function requireText({ rawName, value, inlineValue }: OptionToken, spec: OptionSpec) {
  if (spec.type === "flag") {
    if (value === undefined) return true;
    throw new CliError("USAGE", {
      what: `${rawName} does not take a value.`,
      why: `It was given "${value}".`,
      fix: `Write ${rawName} alone.`,
    });
  }
  // "--out --json" lacks a value; "--logs -" does not.
  const isOption = !inlineValue && value !== undefined && /^-./.test(value);
  if (value !== undefined && !isOption) return value;
  throw new CliError("USAGE", {
    what: `${rawName} needs a value.`,
    why: isOption ? `The next word is "${value}".` : "Nothing follows it.",
    fix: isOption
      ? `Write ${rawName} ${spec.placeholder}; if the value begins with a dash, ${rawName}=${value}.`
      : `Write ${rawName} ${spec.placeholder}.`,
  });
}

function readOption(
  name: string,
  spec: OptionSpec,
  given: readonly (string | true)[] | undefined,
): unknown {
  if (spec.type === "flag") return given !== undefined;
  if (given === undefined) {
    if (spec.required) throw missingOption(toFlag(name), spec.placeholder, spec.help);
    return spec.default ?? (spec.repeated ? [] : undefined);
  }
  const values = given.map((text) => readValue(spec, String(text), toFlag(name)));
  return spec.repeated ? values : values.at(-1);
}

function missingOption(flag: string, placeholder: string, help: string): CliError {
  return new CliError("USAGE", {
    what: `${flag} ${placeholder} is missing.`,
    why: `The command needs it: ${help}.`,
    fix: `Add ${flag} ${placeholder}, or run the command with --help.`,
  });
}

function unknownOption(flag: string, known: readonly string[]): CliError {
  const nearest = findNearest(flag, known);
  return new CliError("USAGE", {
    what: `${flag} is not an option of this command.`,
    why: `Its options are ${known.join(", ")}.`,
    fix: nearest === undefined ? "Run the command with --help." : `Did you mean ${nearest}?`,
  });
}
