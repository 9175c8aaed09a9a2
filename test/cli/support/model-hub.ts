/** What a host of networks like Hugging Face answers. */
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The path at Hugging Face. */
export const RESNET18 = "/timm/resnet18.tv_in1k/resolve/main/model.safetensors";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * @param weights - the file that the host has
 * @param folder - where the client writes
 */
export function makeHub(weights: Buffer, sha256: string, folder: () => string) {
  /** Like Hugging Face: the redirect states the hash, and the file is elsewhere, with a tag and ranges. */
  const serve: Answer = (request, response) => {
    if (request.url?.endsWith(RESNET18)) redirect(response);
    else serveFile(request, response);
  };

  const redirect = (response: ServerResponse) =>
    response.writeHead(302, { location: "/cdn/blob", "x-linked-etag": `"${sha256}"` }).end();

  const serveFile: Answer = ({ headers: { range, "if-range": tag } }, response) => {
    const start = tag === '"1"' ? Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0) : 0;
    response.writeHead(start > 0 ? 206 : 200, {
      etag: '"1"',
      "content-length": weights.length - start,
    });
    response.end(weights.subarray(start));
  };

  /** Breaks off the first `times` answers in the middle. */
  function serveBroken(times: number): Answer {
    let left = times;
    return (request, response) => {
      if (request.url?.endsWith(RESNET18)) return redirect(response);
      if (left-- <= 0) return serveFile(request, response);
      const start = Number(/(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
      const length = weights.length - start;
      response.writeHead(start > 0 ? 206 : 200, { etag: '"1"', "content-length": length });
      const half = weights.subarray(start, start + Math.floor(length / 2));
      response.write(half);
      return breakOff(response, start + half.length);
    };
  }

  /** Closes a connection once the client has written so many bytes: what is in its buffers gets lost. */
  async function breakOff(response: ServerResponse, bytes: number): Promise<void> {
    const part = join(folder(), "source.safetensors.part");
    while ((await stat(part).catch(() => undefined))?.size !== bytes) await sleep(5);
    response.destroy();
  }

  return { serve, redirect, serveFile, serveBroken, breakOff };
}
