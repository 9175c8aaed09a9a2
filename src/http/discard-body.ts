import { waitAtMost } from "../concurrency/turns.ts";
import { openChunkReader } from "../sources/chunk-reader.ts";

/** Enough for a body that is already on its way. */
const MAX_MS = 1_000;
/** A sender who pauses for longer may be waiting for the response. */
const MAX_PAUSE_MS = 100;

/**
 * Discards what was not read of a request's body, before the response is sent. `wrangler dev` would hold back a
 * refusal until the caller has sent all of the body. If the rest were cancelled at once, the connection of a
 * caller who is still sending would be reset, often before the response is read.
 */
export async function discardBody({ body }: Request): Promise<void> {
  if (!body || body.locked) return;
  // The body may fail, because its sender disconnects.
  await drain(body).catch(() => {});
}

async function drain(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = openChunkReader(body);
  const deadline = Date.now() + MAX_MS;
  let isDone = false;
  while (!isDone && Date.now() < deadline) {
    const read = reader.read().then((chunk) => ({ chunk }));
    const part = await waitAtMost(read, MAX_PAUSE_MS);
    isDone = part?.chunk === undefined;
  }
  await reader.cancel();
}
