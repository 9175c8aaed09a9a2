/** A stream has more bytes than allowed. */
export class StreamTooLongError extends Error {}

/**
 * Reads a whole stream. Stops as soon as it exceeds `maxBytes` or `signal` aborts.
 *
 * @param onBytes - called with the size of each chunk before the chunk is kept; may throw to stop reading
 * @throws StreamTooLongError; the reason of the signal; the error of the stream; whatever `onBytes` throws
 */
export async function readStream(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  signal: AbortSignal,
  onBytes: (count: number) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (!stream) return new Uint8Array();
  const reader = stream.getReader();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    signal.throwIfAborted();
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), aborted]);
      if (done) return concatenate(chunks, length);
      length += value.byteLength;
      if (length > maxBytes) throw new StreamTooLongError(`More than ${maxBytes} bytes.`);
      onBytes(value.byteLength);
      chunks.push(value);
    }
  } catch (error) {
    await reader.cancel(error).catch(() => {});
    throw error;
  }
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
