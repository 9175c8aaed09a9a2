/**
 * The error family of the project: every failure that a caller can act on is an {@link AppError}
 * with a stable `code`. Anything else is a fault of ours: it is logged and masked.
 */

/** Facts about a failure that are safe to show to the caller. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Every code a caller can meet; `src/http/error-status.ts` maps each to an HTTP status. */
export type ErrorCode =
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
  | "UNAUTHENTICATED"
  | "RATE_LIMITED"
  | "OVERLOADED"
  | "METHOD_NOT_ALLOWED"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "MODEL_NOT_FOUND"
  | "MODEL_UNAVAILABLE"
  | "MODEL_BUDGET"
  | "CONFIG_INVALID";

/** Base class. The message says what happened, why, and how to fix it, in that order. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** An argument is outside its range or malformed; `argument` names it. */
export class BadInputError extends AppError {
  constructor(argument: string, message: string, details: ErrorDetails = {}) {
    super("BAD_USER_INPUT", message, { details: { argument, ...details } });
  }
}

/** The codes that can come out of the imaging code. */
export type ImageErrorCode = Extract<ErrorCode, `IMAGE_${string}`>;

/** The image bytes cannot be turned into pixels. */
export class ImageError extends AppError {
  declare readonly code: ImageErrorCode;

  constructor(
    code: ImageErrorCode,
    message: string,
    options: { details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(code, message, options);
  }
}

/** The codes that can come out of finding and loading models. */
export type ModelErrorCode = Extract<ErrorCode, `MODEL_${string}`>;

/** A model cannot be found, read, verified or started, or there is no memory for it. */
export class ModelError extends AppError {
  declare readonly code: ModelErrorCode;

  constructor(
    code: ModelErrorCode,
    message: string,
    options: { details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(code, message, options);
  }
}
