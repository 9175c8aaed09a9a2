import { waitAtMost } from "../concurrency/turns.ts";

/** Enough for a body that is already on its way. */
const MAX_MS = 1_000;
const BUFFER_BYTES = 256 * 1024;
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
  const { read, cancel } = openDrain(body);
  const deadline = Date.now() + MAX_MS;
  let isDone = false;
  while (!isDone && Date.now() < deadline) {
    const part = await waitAtMost(read(), MAX_PAUSE_MS);
    isDone = part?.done ?? true;
  }
  await cancel();
}

/** Reads in large pieces if the stream can: a body of 10 MB has thousands of small ones. */
function openDrain(body: ReadableStream<Uint8Array>) {
  let buffer = new ArrayBuffer(BUFFER_BYTES);
  try {
    const reader = body.getReader({ mode: "byob" });
    const read = async () => {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (value) buffer = value.buffer;
      return { done };
    };
    return { read, cancel: () => reader.cancel() };
  } catch {
    // Only bodies that come from the network are streams of bytes.
    const reader = body.getReader();
    return { read: () => reader.read(), cancel: () => reader.cancel() };
  }
}
