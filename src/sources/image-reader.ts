/** Reads the images of one request. */

import type { MemoryAccount, MemoryHold } from "../concurrency/memory-ledger.ts";
import type { RequestBudget } from "../concurrency/request-budget.ts";
import { AppError } from "../errors.ts";
import { ImageFile } from "../imaging/image-file.ts";
import { type ImageInput, type ImageSources, readImageInput } from "./read-image-input.ts";

export type ImageReaderParts = {
  readonly sources: ImageSources;
  readonly memory: MemoryAccount;
  readonly budget: RequestBudget;
  /** How many images a request may have fetched, by URL or key. */
  readonly maxFetches: number;
};

/** Price of reading a header and hashing: walking 10 MB of tiny chunks is the most expensive. */
const READ_MS_PER_BYTE = 10 / 1e6;
/** Price of a fetch from a URL or from R2, beside its bytes. */
const FETCH_MS = 10;

type Opened = { readonly file: ImageFile; readonly holds: readonly MemoryHold[] };

/**
 * An image that a request names several times, by GraphQL aliases or in a list, is read once: it is in memory once,
 * and a URL is fetched once.
 */
export class ImageReader {
  readonly #parts: ImageReaderParts;
  readonly #opened = new Map<unknown, Promise<Opened>>();
  #fetches = 0;

  constructor(parts: ImageReaderParts) {
    this.#parts = parts;
  }

  /**
   * Reads an image, or returns it if it has been read.
   *
   * @throws AppError REQUEST_TOO_COSTLY, OVERLOADED; whatever {@link readImageInput} throws
   */
  async open(input: ImageInput): Promise<ImageFile> {
    const key = keyOf(input);
    const known = this.#opened.get(key);
    const opened = known ?? this.#read(input);
    if (!known) this.#opened.set(key, opened);
    return (await opened).file;
  }

  /** Releases the memory of an image. It is read again if it is opened again. */
  async close(input: ImageInput): Promise<void> {
    const key = keyOf(input);
    const opened = this.#opened.get(key);
    if (!opened) return;
    this.#opened.delete(key);
    // An image that could not be read holds nothing.
    const { holds } = await opened.catch(() => ({ holds: [] }));
    for (const hold of holds) hold.release();
  }

  async #read(input: ImageInput): Promise<Opened> {
    const { sources, memory, budget } = this.#parts;
    if (typeof input.url === "string" || typeof input.key === "string") await this.#payFetch();
    const holds: MemoryHold[] = [];
    const reserve = (bytes: number) => {
      const hold = memory.reserve(bytes, "input");
      holds.push(hold);
      return hold;
    };
    try {
      const bytes = await readImageInput(input, sources, reserve);
      await budget.pay(bytes.byteLength * READ_MS_PER_BYTE);
      return { file: new ImageFile(bytes), holds };
    } catch (error) {
      for (const hold of holds) hold.release();
      throw error;
    }
  }

  async #payFetch(): Promise<void> {
    const { budget, maxFetches } = this.#parts;
    this.#fetches++;
    await budget.pay(FETCH_MS);
    if (this.#fetches <= maxFetches) return;
    throw new AppError(
      "REQUEST_TOO_COSTLY",
      `The request names ${this.#fetches} images by URL or key, but the limit is ${maxFetches}. Split them across several requests.`,
      { details: { limit: "maxFetches", max: maxFetches, value: this.#fetches } },
    );
  }
}

/** Strings of different kinds differ by their prefix. Uploads are told apart by identity. */
function keyOf({ upload, base64, url, key }: ImageInput): unknown {
  if (upload) return upload;
  // No prefix: adding one would copy megabytes. A URL or key never equals Base64 by chance, because both have one.
  if (typeof base64 === "string") return base64;
  return typeof url === "string" ? `url ${url}` : `key ${key}`;
}
