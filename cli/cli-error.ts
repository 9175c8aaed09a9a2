import { ExplainedError } from "../src/errors.ts";

/** An error of the command line, in three parts. */
export class CliError extends ExplainedError {
  constructor(what: string, why: string, fix: string, cause?: unknown) {
    super("COMMAND_FAILED", { what, why, fix, cause });
  }
}
