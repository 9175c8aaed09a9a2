/** Reads the bytes of an `ImageInput`. */
import type { R2Bucket } from "@cloudflare/workers-types";
import { AppError, BadInputError, ImageError } from "../errors.ts";
import { type Base64Fault, decodeBase64, readBase64Text } from "./base64.ts";
import { type FetchRules, fetchImage } from "./fetch-image.ts";
import type { ReserveBytes } from "./growing-buffer.ts";

/** The limit of R2. */
const MAX_KEY_BYTES = 1024;

/** The GraphQL input `ImageInput`: one image, in one of four forms. */
export type ImageInput = {
  readonly upload?: Blob | Uint8Array | null;
  readonly base64?: string | null;
  readonly url?: string | null;
  readonly key?: string | null;
};

/** Where images may come from, and how large they may be. */
export type ImageSources = FetchRules & {
  /** The bucket for `key`; undefined if none is bound. */
  readonly images: Pick<R2Bucket, "get"> | undefined;
};

/**
 * Reads the bytes of an image, at most `maxBytes`. GraphQL has already checked that exactly one member is
 * given.
 *
 * @param reserve - called before anything is allocated that is not part of the request's body
 * @throws ImageError IMAGE_TOO_LARGE; BadInputError if a member cannot be read; whatever
 *   {@link fetchImage} throws; AppError IMAGE_NOT_FOUND, IMAGE_SOURCE_DISABLED
 */
export async function readImageInput(
  input: ImageInput,
  sources: ImageSources,
  reserve: ReserveBytes,
): Promise<Uint8Array> {
  const { maxBytes } = sources;
  if (input.upload) return readUpload(input.upload, maxBytes, reserve);
  if (typeof input.base64 === "string") return readBase64(input.base64, maxBytes, reserve);
  if (typeof input.url === "string") return fetchImage(input.url, sources, reserve);
  if (typeof input.key === "string") return readObject(input.key, sources, reserve);
  throw new BadInputError(
    "image",
    'The image is missing. Give exactly one of "upload", "base64", "url" and "key".',
  );
}

async function readObject(
  key: string,
  { images, maxBytes }: ImageSources,
  reserve: ReserveBytes,
): Promise<Uint8Array> {
  if (!images) {
    throw new AppError(
      "IMAGE_SOURCE_DISABLED",
      "This service has no image bucket. Send the image itself, or bind an R2 bucket as IMAGES in wrangler.toml.",
    );
  }
  // R2 itself rejects keys that are empty or too long, but with an untyped error.
  const keyBytes = new TextEncoder().encode(key).byteLength;
  const object =
    keyBytes >= 1 && keyBytes <= MAX_KEY_BYTES ? await images.get(key).catch(unreadable) : null;
  if (!object) {
    throw new AppError(
      "IMAGE_NOT_FOUND",
      `The image bucket has no object "${key.slice(0, 200)}". Use the key of an existing object.`,
      { details: { argument: "image.key" } },
    );
  }
  if (object.size > maxBytes) {
    await object.body.cancel();
    throw tooLarge(object.size, maxBytes);
  }
  try {
    reserve(object.size);
  } catch (error) {
    await object.body.cancel();
    throw error;
  }
  return object.bytes().catch(unreadable);
}

function unreadable(cause: unknown): never {
  throw new AppError(
    "IMAGE_UNREACHABLE",
    "The image bucket cannot be read at the moment. Try again, or send the image itself.",
    { details: { argument: "image.key" }, cause },
  );
}

async function readUpload(
  upload: Blob | Uint8Array,
  maxBytes: number,
  reserve: ReserveBytes,
): Promise<Uint8Array> {
  const isBlob = upload instanceof Blob;
  const size = isBlob ? upload.size : upload.byteLength;
  if (size > maxBytes) throw tooLarge(size, maxBytes);
  if (!isBlob) return upload;
  reserve(size);
  return new Uint8Array(await upload.arrayBuffer());
}

function readBase64(text: string, maxBytes: number, reserve: ReserveBytes): Uint8Array {
  const base64 = readBase64Text(text, findBase64(text));
  if (typeof base64 === "string") throw new BadInputError("image.base64", BASE64_FAULTS[base64]);
  if (base64.byteLength > maxBytes) throw tooLarge(base64.byteLength, maxBytes);
  reserve(base64.byteLength);
  return decodeBase64(base64);
}

const BASE64_FAULTS: Readonly<Record<Base64Fault, string>> = {
  syntax:
    "image.base64 is not Base64: it has invalid characters or an invalid length. Send the bytes of the file as Base64 (RFC 4648), with or without the prefix data:image/jpeg;base64,",
  "lost plus":
    'image.base64 has spaces between its digits, which were "+" before: a form decodes "+" to a space. Percent-encode the text (encodeURIComponent) before it goes into a form, or send JSON.',
};

/** The longest part of a data URI before its comma that is looked at. */
const MAX_PREFIX = 1024;

/** Where Base64 begins in a text that may be a data URI (RFC 2397). */
function findBase64(text: string): number {
  const start = text.slice(0, MAX_PREFIX);
  if (!/^\s*data:/i.test(start)) return 0;
  const comma = start.indexOf(",");
  if (comma >= 0 && /;\s*base64\s*$/i.test(start.slice(0, comma))) return comma + 1;
  throw new BadInputError(
    "image.base64",
    "image.base64 is a data URI that is not Base64-encoded. Use the form data:image/jpeg;base64,…",
  );
}

function tooLarge(bytes: number, maxBytes: number): ImageError {
  return new ImageError(
    "IMAGE_TOO_LARGE",
    `The image has ${bytes} bytes, but the limit is ${maxBytes}. Send a smaller image: 1024 pixels on the longer side are enough.`,
    { details: { limit: "maxBytes", max: maxBytes, value: bytes } },
  );
}
