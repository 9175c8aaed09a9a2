/** One request on a connection of its own, so that no other request can hold it up or break it. */
import { request } from "node:http";

export type Outgoing = {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
};

export type Reply = {
  readonly status: number;
  readonly retryAfter: boolean;
  readonly text: string;
  /** Of the request, headers included. */
  readonly bytesSent: number;
};

/** @returns the response, or what broke the connection */
export function sendRequest(
  base: URL,
  { method, path, headers, body }: Outgoing,
  { timeoutMs, address }: { readonly timeoutMs: number; readonly address: string },
): Promise<Reply | Error> {
  return new Promise((resolve) => {
    const outgoing = request(new URL(path, base), {
      method,
      agent: false,
      maxHeaderSize: 1 << 20,
      signal: AbortSignal.timeout(timeoutMs),
      // Cloudflare sets cf-connecting-ip; on this machine the sender may.
      headers: {
        ...headers,
        "cf-connecting-ip": address,
        connection: "close",
        ...(body ? { "content-length": body.length } : {}),
      },
    });
    outgoing.on("error", resolve);
    outgoing.on("response", (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", resolve);
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode ?? 0,
          retryAfter: incoming.headers["retry-after"] !== undefined,
          text: Buffer.concat(chunks).toString(),
          bytesSent: outgoing.socket?.bytesWritten ?? 0,
        }),
      );
    });
    outgoing.end(body);
  });
}
