/** One chunk of a RIFF file; `data` is a view of it. */
export type RiffChunk = { readonly type: string; readonly data: Uint8Array };

/**
 * The chunks from `start`, up to one that would run past the end: the caller notices what is missing.
 */
export function* readRiffChunks(bytes: Uint8Array, start: number): Generator<RiffChunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  while (at + 8 <= bytes.byteLength) {
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    const end = at + 8 + view.getUint32(at + 4, true);
    if (end > bytes.byteLength) return;
    yield { type, data: bytes.subarray(at + 8, end) };
    at = end + (end & 1); // Chunks are padded to an even length.
  }
}
