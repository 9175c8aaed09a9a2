/** Positional arguments: how many there may be, and their values. */
import { CliError } from "../cli-error.ts";
import type { ArgumentSpec, ArgumentSpecs } from "./option-specs.ts";
import { readValue } from "./read-value.ts";

/** `NAME [ID@VERSION ...]`, as a usage line has it. */
export function formatArguments(specs: ArgumentSpecs): string {
  return Object.values(specs)
    .map(({ placeholder, optional, repeated }) => {
      const word = repeated ? `${placeholder} ...` : placeholder;
      return optional ? `[${word}]` : word;
    })
    .join(" ");
}

/**
 * Gives each argument its words.
 *
 * @throws CliError USAGE if there are too few or too many; OPTION_INVALID
 */
export function readArguments(
  words: readonly string[],
  specs: ArgumentSpecs,
): Readonly<Record<string, unknown>> {
  const left = [...words];
  const values = Object.entries(specs).map(([name, spec]) => {
    const taken = spec.repeated ? left.splice(0) : left.splice(0, 1);
    if (taken.length === 0 && !spec.optional) throw missingArgument(words, spec, specs);
    const read = taken.map((text) => readValue(spec, text, spec.placeholder));
    return [name, spec.repeated ? read : read[0]] as const;
  });
  if (left.length > 0) throw extraArgument(left, specs);
  return Object.fromEntries(values);
}

function missingArgument(
  words: readonly string[],
  { placeholder, help }: ArgumentSpec,
  specs: ArgumentSpecs,
): CliError {
  return new CliError("USAGE", {
    what: `${placeholder} is missing.`,
    why: `The command takes ${formatArguments(specs)}, and was given ${words.join(" ") || "none"}.`,
    fix: `Add ${placeholder}: ${help}.`,
  });
}

function extraArgument(left: readonly string[], specs: ArgumentSpecs): CliError {
  return new CliError("USAGE", {
    what: `There are too many arguments: ${left.join(" ")}.`,
    why: `The command takes ${formatArguments(specs) || "no arguments"}.`,
    fix: "Leave them out, or run the command with --help.",
  });
}
