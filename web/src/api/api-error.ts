/** The reason why the API gave no answer. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** One of docs/errors.md, or one of the page's own: OFFLINE, CANCELLED. */
  readonly code: string;
  /** How long to wait before trying again. */
  readonly retryAfterSeconds: number | undefined;

  /** The format that the service recognised, such as "HEIC"; undefined if it is unknown. */
  readonly format: string | undefined;

  constructor(code: string, message: string, retryAfterSeconds?: number, format?: string) {
    super(message);
    this.format = format;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
