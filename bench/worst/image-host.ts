/** A server on loopback that the Worker may fetch images from. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ImageHost } from "./recipe.ts";

export type RunningImageHost = ImageHost & {
  /** `host:port`, for the list of allowed hosts. */
  readonly host: string;
  close(): void;
};

export async function startImageHost(): Promise<RunningImageHost> {
  let current: Buffer = Buffer.alloc(0);
  const server = createServer((_request, response) => response.end(current));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}/image`,
    serve: (image) => {
      current = image;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
