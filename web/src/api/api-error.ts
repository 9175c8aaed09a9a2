/** The reason why the API gave no answer. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** One of docs/errors.md, or one of the page's own: OFFLINE, CANCELLED. */
  readonly code: string;
  /** How long to wait before trying again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
