import { callerGone } from "../concurrency/abort.ts";
import { waitAtMost } from "../concurrency/turns.ts";
import { AppError } from "../errors.ts";
import { type ChunkReader, openChunkReader } from "../sources/chunk-reader.ts";
import { GrowingBuffer, StreamTooLongError } from "../sources/growing-buffer.ts";
import { gaveWay, tooSlow, type Upload } from "./uploads.ts";

/** Enough for a photo of 10 MB at 3 Mbit/s. */
const TIMEOUT_MS = 30_000;
/** A slower connection holds memory for longer than it is worth: 128 kbit/s. */
const MIN_BYTES_PER_SECOND = 16_000;
/** A body may be slow at first. */
const PACE_AFTER_MS = 5000;
/** How often a body that does not arrive is looked at. */
const TICK_MS = 250;

/**
 * Reads the whole body of a request into one buffer. Stops as soon as the body exceeds `maxBytes`,
 * whatever its Content-Length says, takes too long, or has to give way to others.
 *
 * @throws AppError REQUEST_TOO_LARGE, REQUEST_TIMEOUT, OVERLOADED, REQUEST_ABORTED
 */
export async function readBody(
  request: Request,
  maxBytes: number,
  upload: Upload,
): Promise<Uint8Array<ArrayBuffer>> {
  const length = request.headers.get("content-length");
  const declared = length === null ? undefined : Number(length);
  if (declared !== undefined && declared > maxBytes) throw tooLarge(maxBytes, declared);
  if (!request.body) return new Uint8Array();
  const reader = openChunkReader(request.body);
  let isWaiting = false;
  try {
    const { reserve } = upload;
    const body = new GrowingBuffer({ maxBytes, expectedBytes: declared, reserve });
    const startedAt = Date.now();
    for (;;) {
      isWaiting = true;
      const chunk = await readChunk(reader, upload, startedAt);
      isWaiting = false;
      if (!chunk) return body.finish();
      upload.receive(chunk.byteLength);
      await body.add(chunk);
    }
  } catch (error) {
    // Otherwise what is on its way is discarded before the response is sent, see discard-body.ts.
    if (isWaiting) await reader.cancel().catch(() => {});
    else reader.releaseLock();
    if (error instanceof StreamTooLongError) throw tooLarge(maxBytes);
    throw error;
  } finally {
    upload.end();
  }
}

/** @returns undefined at the end of the body */
async function readChunk(
  reader: ChunkReader,
  upload: Upload,
  startedAt: number,
): Promise<Uint8Array | undefined> {
  const read = reader.read().then(
    (chunk) => ({ chunk }),
    (cause: unknown) => {
      throw callerGone(cause);
    },
  );
  for (;;) {
    const result = await waitAtMost(read, TICK_MS);
    if (upload.isDropped) {
      read.catch(() => {});
      throw gaveWay();
    }
    const age = Date.now() - startedAt;
    if (age > TIMEOUT_MS) {
      read.catch(() => {});
      throw tooSlow(`it took more than ${TIMEOUT_MS} ms`);
    }
    if (result) return result.chunk;
    if (age > PACE_AFTER_MS && (upload.pace ?? 0) < MIN_BYTES_PER_SECOND) {
      read.catch(() => {});
      throw tooSlow(`it arrived at less than ${MIN_BYTES_PER_SECOND} bytes per second`);
    }
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
