/** Reads streams of bytes in pieces that are not too small, whatever the sender's pieces are. */

/** workerd makes an object with a buffer of 4 KB for each piece, even if the piece has one byte. */
const MIN_BYTES = 4096;
const BUFFER_BYTES = 64 * 1024;

export type ChunkReader = {
  /** @returns the next bytes, in memory that is reused by the next read; undefined at the end */
  read(): Promise<Uint8Array | undefined>;
  cancel(reason?: unknown): Promise<void>;
  releaseLock(): void;
};

type ReadAtLeast = {
  readAtLeast(minBytes: number, view: Uint8Array): Promise<{ done: boolean; value?: Uint8Array }>;
};

/** Opens a reader, which locks the stream. */
export function openChunkReader(stream: ReadableStream<Uint8Array>): ChunkReader {
  return tryToReadAtLeast(stream) ?? readAnySize(stream);
}

/**
 * Bodies that arrive at workerd can be read with a minimum. workerd then waits for more bytes by itself, which
 * costs a tenth of reading them one by one.
 */
function tryToReadAtLeast(stream: ReadableStream<Uint8Array>): ChunkReader | undefined {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = stream.getReader({ mode: "byob" });
  } catch {
    // A stream that JavaScript has made.
    return undefined;
  }
  if (!("readAtLeast" in reader)) {
    reader.releaseLock();
    return undefined;
  }
  // biome-ignore lint/plugin: the types of browsers lack what workerd adds
  const { readAtLeast } = reader as unknown as ReadAtLeast;
  let buffer = new ArrayBuffer(BUFFER_BYTES);
  return {
    async read() {
      const { done, value } = await readAtLeast.call(reader, MIN_BYTES, new Uint8Array(buffer));
      // Reading takes the buffer away, and gives it back with the bytes.
      if (value) buffer = value.buffer as ArrayBuffer;
      return done ? undefined : value;
    },
    cancel: (reason) => reader.cancel(reason),
    releaseLock: () => reader.releaseLock(),
  };
}

function readAnySize(stream: ReadableStream<Uint8Array>): ChunkReader {
  const reader = stream.getReader();
  return {
    async read() {
      const { done, value } = await reader.read();
      return done ? undefined : value;
    },
    cancel: (reason) => reader.cancel(reason),
    releaseLock: () => reader.releaseLock(),
  };
}
