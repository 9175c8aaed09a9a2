import { AppError } from "../errors.ts";

/**
 * Reads a request's body whole, giving up as soon as it exceeds `maxBytes`, whatever its
 * Content-Length claims.
 *
 * @throws AppError REQUEST_TOO_LARGE
 */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes, declared);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return body;
}

function tooLarge(maxBytes: number, value?: number): AppError {
  return new AppError(
    "REQUEST_TOO_LARGE",
    `The request's body has more than ${maxBytes} bytes. Send a smaller image: 1024 pixels on the longer side are plenty.`,
    {
      details: { limit: "maxBodyBytes", max: maxBytes, ...(value === undefined ? {} : { value }) },
    },
  );
}
