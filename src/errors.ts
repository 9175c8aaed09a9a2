/**
 * The errors of the project. Every failure that a caller or an operator can act on is a
 * {@link CodedError} with a stable `code`. Anything else is an internal error: it is logged and masked.
 */

/** Facts about a failure that are safe to show to the caller. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export type ErrorOptions = { readonly details?: ErrorDetails; readonly cause?: unknown };

/** Base class. The message says what happened, why, and how to fix it, in that order. */
class CodedError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly details: ErrorDetails;

  constructor(code: Code, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** The three parts of the message of an {@link ExplainedError}, as sentences, and the error behind it. */
export type Explanation = {
  /** What happened. */
  readonly what: string;
  readonly why: string;
  /** How to fix it. */
  readonly fix: string;
  readonly cause?: unknown;
};

/** An error with the three parts of its message as properties, for display in a terminal. */
export class ExplainedError<Code extends string = string> extends CodedError<Code> {
  readonly what: string;
  readonly why: string;
  readonly fix: string;

  constructor(code: Code, { what, why, fix, cause }: Explanation) {
    super(code, `${what}\n${why}\n${fix}`, { cause });
    this.what = what;
    this.why = why;
    this.fix = fix;
  }
}

/** Every code that the API can return; `src/http/errors.ts` maps each to an HTTP status. */
export type ErrorCode =
  | "BAD_REQUEST"
  | "BAD_USER_INPUT"
  | "IMAGE_EMPTY"
  | "IMAGE_UNSUPPORTED"
  | "IMAGE_CORRUPT"
  | "IMAGE_TOO_LARGE"
  | "IMAGE_NOT_FOUND"
  | "IMAGE_UNREACHABLE"
  | "IMAGE_URL_FORBIDDEN"
  | "IMAGE_SOURCE_DISABLED"
  | "REQUEST_TOO_LARGE"
  | "REQUEST_TOO_COSTLY"
  | "REQUEST_TIMEOUT"
  | "REQUEST_FORBIDDEN"
  | "REQUEST_ABORTED"
  | "UNAUTHENTICATED"
  | "RATE_LIMITED"
  | "OVERLOADED"
  | "NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "NOT_ACCEPTABLE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "MODEL_NOT_FOUND"
  | "MODEL_UNAVAILABLE"
  | "MODEL_BUDGET"
  | "CONFIG_INVALID";

/** A failure that a caller of the API can act on. */
export class AppError extends CodedError<ErrorCode> {}

/** An argument is out of range or malformed; `details.argument` names it. */
export class BadInputError extends AppError {
  constructor(argument: string, message: string, details: ErrorDetails = {}) {
    super("BAD_USER_INPUT", message, { details: { argument, ...details } });
  }
}

export type ImageErrorCode = Extract<ErrorCode, `IMAGE_${string}`>;

/** The image bytes cannot be turned into pixels. */
export class ImageError extends AppError {
  declare readonly code: ImageErrorCode;

  constructor(code: ImageErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

export type ModelErrorCode = Extract<ErrorCode, `MODEL_${string}`>;

/**
 * A model cannot be found, read, verified, loaded or run, or there is no memory for it. Strangers see the
 * message, so it names no objects of the bucket. What operators need to know is in `cause`.
 */
export class ModelError extends AppError {
  declare readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/**
 * Returns the message of an error, followed by those of its causes, for the log and the command line.
 * Strangers must not see it.
 */
export function fullMessage(error: unknown): string {
  const messages: string[] = [];
  let at = error;
  // A chain of causes is short, unless it is a ring.
  while (at instanceof Error && messages.length < 5) {
    messages.push(at.message);
    at = at.cause;
  }
  if (at !== undefined && at !== null && messages.length < 5) messages.push(String(at));
  return messages.join(" Cause: ");
}
