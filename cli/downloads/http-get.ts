/**
 * GET with node:http, and a limit on silence. `fetch` is not used: if a host closes the connection early,
 * the version of undici in Node 24 ends the process with an AssertionError that no caller can catch.
 */
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

export type HttpResponse = {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** The body, decompressed. It fails if the connection closes before the end. */
  readonly body: Readable;
};

const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * @param idleMs - how long the host may send nothing, in milliseconds
 * @throws Error if the host cannot be reached or stays silent
 */
export function httpGet(
  url: string,
  headers: Readonly<Record<string, string>>,
  idleMs: number,
): Promise<HttpResponse> {
  const { get } = new URL(url).protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    let started: IncomingMessage | undefined;
    // Compressed bytes could not be resumed.
    const asked = { "accept-encoding": "identity", "user-agent": "resnet-edge", ...headers };
    const request = get(url, { headers: asked }, (response) => {
      started = response;
      try {
        // The connection may break before anyone reads the body; the reader finds that out later.
        const body = decode(response).on("error", () => {});
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      } catch (error) {
        request.destroy();
        reject(error);
      }
    });
    request.on("error", reject);
    request.setTimeout(idleMs, () =>
      // A response whose request is destroyed fails with "aborted", which says less.
      (started ?? request).destroy(new Error(`the host sent nothing for ${idleMs / 1000} s`)),
    );
  });
}

/** Some hosts compress although the request asks them not to. */
function decode(response: IncomingMessage): Readable {
  const encoding = response.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity" || encoding === "") return response;
  const make = DECODERS[encoding];
  if (!make) throw new Error(`the host compressed the file with "${encoding}"`);
  // The error reaches the reader of the decoder.
  return pipeline(response, make(), () => {}) as Readable;
}
