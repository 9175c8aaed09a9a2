/** Why the API gave no answer. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** As docs/errors.md lists them, or one of the page's own: OFFLINE, CANCELLED, INTERNAL_SERVER_ERROR. */
  readonly code: string;
  /** After which a further try makes sense. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
