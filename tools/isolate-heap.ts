/**
 * The memory of the Worker's isolate, through Chrome's debugging protocol. The workerd process has other
 * isolates too, such as wrangler's proxies, whose memory must not be counted.
 */

/** Bytes in use. */
export type IsolateHeap = {
  /** JavaScript objects. */
  readonly objects: number;
  /** Array buffers, but not the memory of WebAssembly. */
  readonly buffers: number;
};

type Answer = {
  readonly id?: number;
  readonly result?: { readonly usedSize: number; readonly backingStorageSize: number };
};

/**
 * Collects garbage and measures what is left.
 *
 * @param workerUrl - gets requests meanwhile: an isolate collects garbage only while it runs
 */
export async function readIsolateHeap(inspectorUrl: URL, workerUrl: URL): Promise<IsolateHeap> {
  // wrangler's inspector has one path for all; Miniflare's has one for each Worker.
  const url = inspectorUrl.protocol === "ws:" ? inspectorUrl : new URL("/ws", inspectorUrl);
  url.protocol = "ws:";
  // wrangler checks the origin.
  const headers = { origin: "http://localhost", "user-agent": "resnet-edge" };
  // biome-ignore lint/plugin: Node's WebSocket takes headers; the standard's does not
  const socket = new WebSocket(url, { headers } as unknown as string[]);
  const waiting = new Map<number, (answer: Answer) => void>();
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(String(data)) as Answer;
    waiting.get(message.id ?? 0)?.(message);
  });
  const send = (id: number, method: string) =>
    new Promise<Answer>((resolve) => {
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method }));
    });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error(`${url} cannot be reached.`)));
  });
  const collected = send(1, "HeapProfiler.collectGarbage");
  const awake = setInterval(() => {
    // The answer does not matter; the next request will do.
    fetch(new URL("/v2/health/live", workerUrl)).catch(() => {});
  }, 50);
  await collected;
  clearInterval(awake);
  const { result } = await send(2, "Runtime.getHeapUsage");
  socket.close();
  if (!result) throw new Error(`${url} does not report the memory of the isolate.`);
  return { objects: result.usedSize, buffers: result.backingStorageSize };
}
