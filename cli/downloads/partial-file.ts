/** A file that is being downloaded: its bytes in `PATH.part`, and the tag of its content in `PATH.part.etag`. */
import { createWriteStream } from "node:fs";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { writingFailed } from "../files/writing-failed.ts";

export class PartialFile {
  readonly path: string;
  readonly #whole: string;
  readonly #tagPath: string;

  /** @param whole - the path of the complete file */
  constructor(whole: string) {
    this.#whole = whole;
    this.path = `${whole}.part`;
    this.#tagPath = `${this.path}.etag`;
  }

  /** The number of bytes so far. */
  size(): Promise<number> {
    return stat(this.path).then(
      ({ size }) => size,
      () => 0,
    );
  }

  /** What identifies the content at the host: a strong ETag or a date; empty if nothing does. */
  async tag(): Promise<string> {
    return readFile(this.#tagPath, "utf8").catch(() => "");
  }

  /** @throws CliError FILE_UNWRITABLE */
  async setTag(tag: string): Promise<void> {
    await this.#write(writeFile(this.#tagPath, tag));
  }

  /**
   * Writes what a host sends from the byte `start` on.
   *
   * @throws CliError FILE_UNWRITABLE; the error of the body
   */
  async receive(body: Readable, start: number, onBytes: (count: number) => void): Promise<void> {
    const counter = new PassThrough();
    counter.on("data", (chunk: Uint8Array) => onBytes(chunk.byteLength));
    const file = createWriteStream(this.path, { flags: start > 0 ? "a" : "w" });
    // The pipeline passes the first error on to all its streams.
    const failed: unknown[] = body.errored ? [body] : [];
    for (const stream of [body, file]) {
      stream.once("error", () => {
        failed.push(stream);
      });
    }
    try {
      await pipeline(body, counter, file);
    } catch (error) {
      throw failed[0] === file ? writingFailed(this.path, error) : error;
    }
  }

  /** @throws CliError FILE_UNWRITABLE */
  async complete(): Promise<void> {
    await this.#write(rename(this.path, this.#whole));
    await rm(this.#tagPath, { force: true });
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
    await rm(this.#tagPath, { force: true });
  }

  async #write(done: Promise<void>): Promise<void> {
    await done.catch((error) => {
      throw writingFailed(this.path, error);
    });
  }
}
