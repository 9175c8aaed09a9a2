import { AppError, type ErrorCode, type ErrorDetails } from "../errors.ts";

/** An error whose response has headers that depend on the request, such as `Allow`. */
export class Refusal extends AppError {
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ErrorCode,
    message: string,
    headers: Readonly<Record<string, string>>,
    details?: ErrorDetails,
  ) {
    super(code, message, details ? { details } : {});
    this.headers = headers;
  }
}

/** Makes METHOD_NOT_ALLOWED. The fix completes the message. */
export function methodNotAllowed(
  request: Request,
  path: string,
  allowed: readonly string[],
  fix: string,
): Refusal {
  return new Refusal(
    "METHOD_NOT_ALLOWED",
    `The request's method is ${request.method.slice(0, 40)}, but ${path} accepts only ${allowed.join(" and ")}. ${fix}`,
    { allow: allowed.join(", ") },
  );
}
