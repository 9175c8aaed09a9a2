import { openChunkReader } from "./chunk-reader.ts";
import { GrowingBuffer, type GrowingBufferOptions } from "./growing-buffer.ts";

/**
 * Reads a whole stream. Stops as soon as it exceeds `maxBytes` or `signal` aborts.
 *
 * @throws StreamTooLongError; the reason of the signal; the error of the stream; whatever `reserve` throws
 */
export async function readStream(
  stream: ReadableStream<Uint8Array> | null,
  signal: AbortSignal,
  options: GrowingBufferOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!stream) return new Uint8Array();
  const reader = openChunkReader(stream);
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  const buffer = new GrowingBuffer(options);
  try {
    signal.throwIfAborted();
    for (;;) {
      const chunk = await Promise.race([reader.read(), aborted]);
      if (!chunk) return buffer.finish();
      await buffer.add(chunk);
    }
  } catch (error) {
    await reader.cancel(error).catch(() => {});
    throw error;
  }
}
