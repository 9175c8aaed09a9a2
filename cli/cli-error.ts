/** An error of the command line, in three parts. */
export class CliError extends Error {
  override readonly name = "CliError";
  /** What happened, one sentence. */
  readonly what: string;
  /** Why. */
  readonly reason: string;
  /** What to do. */
  readonly fix: string;

  constructor(what: string, reason: string, fix: string, cause?: unknown) {
    super(`${what}\n${reason}\n${fix}`, { cause });
    this.what = what;
    this.reason = reason;
    this.fix = fix;
  }
}
