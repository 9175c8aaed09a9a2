import { AppError } from "../errors.ts";
import { readStream, StreamTooLongError } from "../sources/read-stream.ts";
import type { BodyShare } from "./body-budget.ts";

/** A photo of 10 MB at 3 Mbit/s. */
const TIMEOUT_MS = 30_000;

/**
 * Reads a request's body whole, giving up as soon as it exceeds `maxBytes`, whatever its
 * Content-Length claims, or does not end in time.
 *
 * @throws AppError REQUEST_TOO_LARGE, REQUEST_TIMEOUT, OVERLOADED
 */
export async function readBody(
  request: Request,
  maxBytes: number,
  share: BodyShare,
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes, declared);
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return await readStream(request.body, maxBytes, signal, share.add);
  } catch (error) {
    if (error instanceof StreamTooLongError) throw tooLarge(maxBytes);
    if (error instanceof Error && error.name === "TimeoutError") throw tooSlow();
    throw error;
  }
}

function tooLarge(maxBytes: number, value?: number): AppError {
  return new AppError(
    "REQUEST_TOO_LARGE",
    `The request's body has more than ${maxBytes} bytes. Send a smaller image: 1024 pixels on the longer side are plenty.`,
    {
      details: { limit: "maxBodyBytes", max: maxBytes, ...(value === undefined ? {} : { value }) },
    },
  );
}

function tooSlow(): AppError {
  return new AppError(
    "REQUEST_TIMEOUT",
    `The request's body took more than ${TIMEOUT_MS} ms to arrive. Send a smaller image, or try again on a faster network.`,
  );
}
