/**
 * Walks the chunks of a RIFF file, or those inside a chunk. It is one object for all of them, because a
 * file may have a million. Ends before a chunk whose length does not fit: the caller notices what is missing.
 */
export class RiffWalk {
  readonly #view: DataView;
  #next = 0;
  #end = 0;
  /** The type of the current chunk, as {@link fourCc} makes it. */
  type = 0;
  /** Where the data of the current chunk start and end. */
  start = 0;
  end = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Continues with the chunks from `start` to `end`. */
  enter(start: number, end: number): void {
    this.#next = start;
    this.#end = Math.min(end, this.#view.byteLength);
  }

  /** Goes on to the next chunk; false if there is none. */
  next(): boolean {
    const at = this.#next;
    if (at + 8 > this.#end) return false;
    this.type = this.#view.getUint32(at);
    this.start = at + 8;
    this.end = this.start + this.#view.getUint32(at + 4, true);
    if (this.end > this.#end) return false;
    this.#next = this.end + (this.end & 1); // Chunks are padded to an even length.
    return true;
  }
}

/** The four characters of a chunk's type as a number. */
export function fourCc(type: string): number {
  return Array.from(type).reduce((code, character) => code * 256 + character.charCodeAt(0), 0);
}
