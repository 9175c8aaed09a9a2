/** A local image server with well-behaved and misbehaving paths, for the Worker to fetch from. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type ImageServer = {
  /** `host:port`, for an allow-list. */
  readonly host: string;
  /** The headers of the latest request. */
  latestHeaders(): Readonly<Record<string, unknown>>;
  close(): void;
};

/** Serves `photo`; the path selects the behaviour. */
export async function startImageServer(photo: Uint8Array): Promise<ImageServer> {
  let latest: Readonly<Record<string, unknown>> = {};
  const answers: Record<string, (response: ServerResponse, query: URLSearchParams) => void> = {
    "/photo": (response) => response.end(photo),
    "/as-text": (response) => response.setHeader("content-type", "text/html").end(photo),
    "/page": (response) => response.setHeader("content-type", "image/jpeg").end("<html>"),
    "/missing": (response) => response.writeHead(404).end("no"),
    "/hop": (response, query) => {
      const left = Number(query.get("left"));
      const location = left > 1 ? `/hop?left=${left - 1}` : "/photo";
      response.writeHead(302, { location }).end();
    },
    "/to": (response, query) =>
      response.writeHead(307, { location: query.get("location") ?? "" }).end(),
    "/endless": (response) => {
      response.writeHead(200);
      const write = () => {
        while (response.write(Buffer.alloc(65_536)));
      };
      response.on("drain", write);
      write();
    },
    "/silent": (response) => response.writeHead(200).flushHeaders(),
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://server");
    latest = request.headers;
    const answer = answers[url.pathname];
    if (answer) answer(response, url.searchParams);
    else response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    latestHeaders: () => latest,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
