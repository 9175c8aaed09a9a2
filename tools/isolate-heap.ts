/**
 * The memory of the Worker's own isolate, by Chrome's debugging protocol. The workerd process holds
 * other isolates besides, among them wrangler's proxies, whose memory is no concern of the Worker's.
 */

/** Bytes in use. */
export type IsolateHeap = {
  /** JavaScript objects, garbage that was not collected yet included. */
  readonly objects: number;
  /** Array buffers, but not the memory of WebAssembly. */
  readonly buffers: number;
};

type Answer = {
  readonly id?: number;
  readonly result?: { readonly usedSize: number; readonly backingStorageSize: number };
};

/** Asks how much memory the isolate uses. */
export async function readIsolateHeap(inspectorUrl: URL): Promise<IsolateHeap> {
  const url = new URL("/ws", inspectorUrl);
  url.protocol = "ws:";
  // wrangler wants to know who asks. Node's WebSocket takes headers; the standard's does not.
  const headers = { origin: "http://localhost", "user-agent": "resnet-edge" };
  const socket = new WebSocket(url, { headers } as unknown as string[]);
  const answer = new Promise<Answer>((resolve, reject) => {
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data)) as Answer;
      if (message.id === 1) resolve(message);
    });
    socket.addEventListener("error", () => reject(new Error(`${url} cannot be reached.`)));
  });
  socket.addEventListener("open", () => {
    socket.send(JSON.stringify({ id: 1, method: "Runtime.getHeapUsage" }));
  });
  const { result } = await answer;
  socket.close();
  if (!result) throw new Error(`${url} does not tell the isolate's memory.`);
  return { objects: result.usedSize, buffers: result.backingStorageSize };
}
