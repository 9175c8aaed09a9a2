import { AppError } from "../errors.ts";
import { readStream, StreamTooLongError } from "../sources/read-stream.ts";
import type { BodyReservation } from "./body-budget.ts";

/** Enough for a photo of 10 MB at 3 Mbit/s. */
const TIMEOUT_MS = 30_000;

/**
 * Reads the whole body of a request. Stops as soon as the body exceeds `maxBytes`, whatever its
 * Content-Length says, or takes too long.
 *
 * @throws AppError REQUEST_TOO_LARGE, REQUEST_TIMEOUT, OVERLOADED
 */
export async function readBody(
  request: Request,
  maxBytes: number,
  reservation: BodyReservation,
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes, declared);
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return await readStream(request.body, maxBytes, signal, reservation.add);
  } catch (error) {
    if (error instanceof StreamTooLongError) throw tooLarge(maxBytes);
    if (error instanceof Error && error.name === "TimeoutError") throw tooSlow();
    throw error;
  }
}

function tooLarge(maxBytes: number, value?: number): AppError {
  return new AppError(
    "REQUEST_TOO_LARGE",
    `The request body has more than ${maxBytes} bytes. Send a smaller image: 1024 pixels on the longer side are enough.`,
    {
      details: { limit: "maxBodyBytes", max: maxBytes, ...(value === undefined ? {} : { value }) },
    },
  );
}

function tooSlow(): AppError {
  return new AppError(
    "REQUEST_TIMEOUT",
    `The request body took more than ${TIMEOUT_MS} ms to arrive. Send a smaller image, or use a faster connection.`,
  );
}
