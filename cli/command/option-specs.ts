/** How a command declares its arguments and options, and the types of the values that it gets. */

/** Reads a value; `label` is what messages call it, such as `--mean`. Throws CliError OPTION_INVALID. */
type Parse = (text: string, label: string) => unknown;

type Described = {
  /** One line for the help, as an imperative or a noun phrase. */
  readonly help: string;
};

type Valued = Described & {
  /** What the help calls the value, such as `N` or `DIR`. */
  readonly placeholder: string;
  /** The command fails without it. */
  readonly required?: true;
  /** It may be given several times; the value is a list. */
  readonly repeated?: true;
  /** For the help, if the default depends on other values. */
  readonly defaultText?: string;
};

/** `--json`: true if given. */
export type FlagSpec = Described & { readonly type: "flag" };

/** `--out DIR`: any text, or what `parse` makes of it. */
export type TextSpec = Valued & {
  readonly type: "text";
  readonly default?: string;
  readonly parse?: Parse;
};

/** `--count N`: a number in a range, both ends included. */
export type NumberSpec = Valued & {
  readonly type: "number";
  readonly min: number;
  readonly max: number;
  readonly integer?: true;
  readonly default?: number;
};

/** `--format NAME`: one of a list. */
export type ChoiceSpec = Valued & {
  readonly type: "choice";
  readonly choices: readonly string[];
  readonly default?: string;
};

export type OptionSpec = FlagSpec | TextSpec | NumberSpec | ChoiceSpec;

/** Options by name in camelCase; the command line has them in kebab-case. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** A positional argument. Only the last may be optional or repeated. */
export type ArgumentSpec = Described & {
  readonly placeholder: string;
  readonly optional?: true;
  /** One or more; with `optional`, any number. */
  readonly repeated?: true;
  readonly parse?: Parse;
};

/** Arguments by name, in their order. */
export type ArgumentSpecs = Readonly<Record<string, ArgumentSpec>>;

type One<Spec> = Spec extends { type: "number" }
  ? number
  : Spec extends { choices: readonly (infer Choice)[] }
    ? Choice
    : Spec extends { parse: (...args: never[]) => infer Value }
      ? Value
      : string;

type OptionValue<Spec> = Spec extends { type: "flag" }
  ? boolean
  : Spec extends { repeated: true }
    ? readonly One<Spec>[]
    : Spec extends { required: true } | { default: unknown }
      ? One<Spec>
      : One<Spec> | undefined;

type ArgumentValue<Spec> = Spec extends { repeated: true }
  ? readonly One<Spec>[]
  : Spec extends { optional: true }
    ? One<Spec> | undefined
    : One<Spec>;

export type OptionValues<Specs> = { readonly [Name in keyof Specs]: OptionValue<Specs[Name]> };

export type ArgumentValues<Specs> = { readonly [Name in keyof Specs]: ArgumentValue<Specs[Name]> };

/** Options of every command. */
export const COMMON_OPTIONS = {
  json: { type: "flag", help: "print the result, or the error, as one line of JSON" },
  help: { type: "flag", help: "show this help" },
} as const satisfies OptionSpecs;

/** `maxErrorRate` as the command line has it: `--max-error-rate`. */
export function toFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
