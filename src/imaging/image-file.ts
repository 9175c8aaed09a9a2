import { sha256Hex } from "../sha256.ts";
import type { ImageHeader } from "./image-header.ts";
import { inspectImage } from "./inspect-image.ts";

/** The bytes of an image. Its header is read and its bytes are hashed at most once. */
export class ImageFile {
  readonly bytes: Uint8Array;
  #header: ImageHeader | undefined;
  #sha256: Promise<string> | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** @throws ImageError if the bytes are not an image of a known format */
  get header(): ImageHeader {
    this.#header ??= inspectImage(this.bytes);
    return this.#header;
  }

  /** SHA-256 of the bytes, in hexadecimal. */
  sha256(): Promise<string> {
    this.#sha256 ??= sha256Hex(this.bytes);
    return this.#sha256;
  }
}
