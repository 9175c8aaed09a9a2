import { callerGone } from "../concurrency/abort.ts";
import { waitAtMost } from "../concurrency/turns.ts";
import { AppError } from "../errors.ts";
import { tooSlow, type Upload } from "./uploads.ts";

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
  const reader = request.body.getReader();
  let isWaiting = false;
  try {
    const body = new BodyBuffer(upload, declared, maxBytes);
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
    throw error;
  } finally {
    upload.end();
  }
}

/** @returns undefined at the end of the body */
async function readChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  upload: Upload,
  startedAt: number,
): Promise<Uint8Array | undefined> {
  const read = reader.read().catch((cause: unknown) => {
    throw callerGone(cause);
  });
  for (;;) {
    const result = await waitAtMost(read, TICK_MS);
    if (upload.isDropped) {
      read.catch(() => {});
      throw tooSlow("the service needs the memory for faster uploads");
    }
    const age = Date.now() - startedAt;
    if (age > TIMEOUT_MS) {
      read.catch(() => {});
      throw tooSlow(`it took more than ${TIMEOUT_MS} ms`);
    }
    if (result) return result.done ? undefined : result.value;
    if (age > PACE_AFTER_MS && (upload.pace ?? 0) < MIN_BYTES_PER_SECOND) {
      read.catch(() => {});
      throw tooSlow(`it arrived at less than ${MIN_BYTES_PER_SECOND} bytes per second`);
    }
  }
}

/** Collects a body. With a Content-Length it is written to its place at once, so it is never held twice. */
class BodyBuffer {
  readonly #upload: Upload;
  readonly #maxBytes: number;
  readonly #declared: number | undefined;
  #whole: Uint8Array<ArrayBuffer> | undefined;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(upload: Upload, declared: number | undefined, maxBytes: number) {
    this.#upload = upload;
    this.#declared = declared;
    this.#maxBytes = maxBytes;
  }

  async add(chunk: Uint8Array): Promise<void> {
    const end = this.#length + chunk.byteLength;
    if (end > this.#maxBytes) throw tooLarge(this.#maxBytes);
    if (this.#declared !== undefined && end <= this.#declared) {
      if (!this.#whole) {
        await this.#upload.reserve(this.#declared);
        this.#whole = new Uint8Array(this.#declared);
      }
      this.#whole.set(chunk, this.#length);
    } else {
      // The chunk, and its place in the whole.
      await this.#upload.reserve(2 * chunk.byteLength);
      this.#chunks.push(chunk);
    }
    this.#length = end;
  }

  finish(): Uint8Array<ArrayBuffer> {
    if (this.#chunks.length === 0 && this.#whole) return this.#whole.subarray(0, this.#length);
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#whole ? [this.#whole, ...this.#chunks] : this.#chunks) {
      all.set(chunk, at);
      at += chunk.byteLength;
    }
    return all;
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
