/** Turns the text of an option or argument into its value. */
import { CliError } from "../cli-error.ts";
import { findNearest } from "./find-nearest.ts";
import type { ArgumentSpec, OptionSpec } from "./option-specs.ts";

/** A range of numbers, both ends included. */
export type NumberRange = { readonly min: number; readonly max: number; readonly integer?: true };

/** @throws CliError OPTION_INVALID if the text is not a value of this kind */
export function readValue(
  spec: Exclude<OptionSpec, { type: "flag" }> | ArgumentSpec,
  text: string,
  label: string,
): unknown {
  if ("type" in spec && spec.type === "number") return readNumber(text, label, spec);
  if ("type" in spec && spec.type === "choice") return readChoice(text, label, spec.choices);
  return spec.parse ? spec.parse(text, label) : text;
}

/** @throws CliError OPTION_INVALID if the text is not a number, or out of range */
export function readNumber(text: string, label: string, range: NumberRange): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return requireInRange(value, label, range, text);
}

/**
 * Checks a range that is only known once other options are.
 *
 * @throws CliError OPTION_INVALID
 */
export function requireInRange(
  value: number,
  label: string,
  { min, max, integer }: NumberRange,
  text = String(value),
): number {
  if (value >= min && value <= max && (!integer || Number.isInteger(value))) return value;
  throw new CliError("OPTION_INVALID", {
    what: `${label} is not valid.`,
    why: `It is "${text}", but must be a ${integer ? "whole " : ""}number from ${min} to ${max}.`,
    fix: `Give a number in this range, such as ${label} ${integer ? max : (min + max) / 2}.`,
  });
}

function readChoice(text: string, label: string, choices: readonly string[]): string {
  if (choices.includes(text)) return text;
  const nearest = findNearest(text, choices);
  throw new CliError("OPTION_INVALID", {
    what: `${label} is not valid.`,
    why: `It is "${text}", but must be one of ${choices.join(", ")}.`,
    fix: nearest === undefined ? "Give one of these." : `Did you mean ${label} ${nearest}?`,
  });
}
