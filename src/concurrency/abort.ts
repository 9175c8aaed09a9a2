import { AppError } from "../errors.ts";

/** The part of an `AbortSignal` that tells whether a caller is gone. */
export type CallerSignal = { readonly aborted: boolean };

/** @throws AppError REQUEST_ABORTED if the caller is gone, so that nobody works for an answer that nobody reads */
export function requireCaller(signal: CallerSignal | undefined): void {
  if (signal?.aborted) throw callerGone();
}

export function callerGone(cause?: unknown): AppError {
  return new AppError(
    "REQUEST_ABORTED",
    "The caller disconnected before the answer was ready, so the work was stopped.",
    { cause },
  );
}
