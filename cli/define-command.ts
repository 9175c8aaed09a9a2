/** A command is a declaration: parsing, range checks, help, `--json` and docs/cli.md come from it. */
import type {
  ArgumentSpecs,
  ArgumentValues,
  COMMON_OPTIONS,
  OptionSpecs,
  OptionValues,
} from "./command/option-specs.ts";
import { parseCommandLine } from "./command/parse-command-line.ts";

/** What a command reports. */
export type Outcome = {
  /** For --json. */
  readonly result: unknown;
  /** For the terminal. */
  readonly text: string;
  /** Whether a check failed, and the process must end with 1. */
  readonly failed?: boolean;
};

/** The values of options, as {@link defineCommand} gives them to `run`. */
export type Options<Specs> = OptionValues<Specs & typeof COMMON_OPTIONS>;

/** A command's declaration; its name and summary stand in its row of the table of commands. */
type Declaration<Arguments, Options_> = {
  /** Paragraphs for the help, in the imperative. */
  readonly description: string;
  readonly arguments?: Arguments;
  readonly options?: Options_;
  /** @throws CliError */
  readonly run: (input: {
    readonly args: ArgumentValues<Arguments>;
    readonly options: Options<Options_>;
  }) => Promise<Outcome>;
};

export type Command = {
  readonly description: string;
  readonly arguments: ArgumentSpecs;
  /** Without those that every command has. */
  readonly options: OptionSpecs;
  /**
   * @param words - what follows the command's name on the command line
   * @throws CliError USAGE, OPTION_INVALID, and those of the command
   */
  run(words: readonly string[]): Promise<Outcome>;
};

/** Makes a command of its declaration. */
export function defineCommand<
  const Arguments extends ArgumentSpecs = Record<never, never>,
  const Options_ extends OptionSpecs = Record<never, never>,
>(declaration: Declaration<Arguments, Options_>): Command {
  const { description, arguments: args = {}, options = {}, run } = declaration;
  const specs = { arguments: args, options };
  return {
    description,
    ...specs,
    run: async (words) =>
      // biome-ignore lint/plugin: the types of the values follow from the specs that they are parsed by
      run(parseCommandLine(words, specs) as unknown as Parameters<typeof run>[0]),
  };
}
