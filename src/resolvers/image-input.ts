/** Turns an `ImageInput` into bytes. */
import { BadInputError, ImageError } from "../errors.ts";
import type { ImageInput } from "../schema/generated/resolvers-types.ts";
import { decodeBase64, maxBase64Length } from "./base64.ts";

/**
 * The image's bytes, at most `maxBytes`; GraphQL has made sure that exactly one member is given.
 *
 * @throws ImageError IMAGE_TOO_LARGE; BadInputError where a member cannot be read
 */
export async function readImageInput(input: ImageInput, maxBytes: number): Promise<Uint8Array> {
  if (input.upload) return readUpload(input.upload, maxBytes);
  if (typeof input.base64 === "string") return readBase64(input.base64, maxBytes);
  throw new BadInputError(
    "image",
    'The image is missing. Give exactly one of "upload" and "base64".',
  );
}

async function readUpload(upload: Blob, maxBytes: number): Promise<Uint8Array> {
  if (upload.size > maxBytes) throw tooLarge(upload.size, maxBytes);
  return new Uint8Array(await upload.arrayBuffer());
}

function readBase64(text: string, maxBytes: number): Uint8Array {
  const base64 = stripDataUri(text);
  if (base64.length > maxBase64Length(maxBytes)) {
    throw tooLarge(Math.floor((base64.length * 3) / 4), maxBytes);
  }
  const bytes = decodeBase64(base64);
  if (!bytes) {
    throw new BadInputError(
      "image.base64",
      "image.base64 is not Base64: it holds other characters, or a wrong number of them. Send the file's bytes in Base64 (RFC 4648), bare or as data:image/jpeg;base64,…",
    );
  }
  if (bytes.byteLength > maxBytes) throw tooLarge(bytes.byteLength, maxBytes);
  return bytes;
}

function stripDataUri(text: string): string {
  if (!/^\s*data:/i.test(text)) return text;
  const comma = text.indexOf(",");
  if (comma >= 0 && /;\s*base64\s*$/i.test(text.slice(0, comma))) return text.slice(comma + 1);
  throw new BadInputError(
    "image.base64",
    "image.base64 is a data URI that is not Base64-encoded. Write it as data:image/jpeg;base64,… .",
  );
}

function tooLarge(bytes: number, maxBytes: number): ImageError {
  return new ImageError(
    "IMAGE_TOO_LARGE",
    `The image has ${bytes} bytes, but at most ${maxBytes} are accepted. Send a smaller file: 1024 pixels on the longer side are plenty.`,
    { details: { limit: "maxBytes", max: maxBytes, value: bytes } },
  );
}
