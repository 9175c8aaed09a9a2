/** Callers that send slowly, stop, or hang up, in the built Worker. */
import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { useLocalWorker } from "../support/use-local-worker.ts";

const worker = useLocalWorker({ settings: { RESULT_CACHE_SECONDS: "0" } });
const photo = await readFile(new URL("../../examples/espresso.jpg", import.meta.url));
const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** Opens a connection that announces `length` bytes and sends the given ones. */
function begin(length: number, bytes: Uint8Array): Socket {
  const { hostname, port } = worker().url;
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket.on("error", () => {});
  socket.write(
    `POST /classify HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: image/jpeg\r\ncontent-length: ${length}\r\n\r\n`,
  );
  socket.write(bytes);
  return socket;
}

async function classify(body: Uint8Array) {
  const url = new URL("/classify?topK=1", worker().url);
  const response = await fetch(url, { method: "POST", body: Uint8Array.from(body) });
  return { status: response.status, answer: await response.json() };
}

async function readMetrics(): Promise<string> {
  return (await fetch(new URL("/metrics", worker().url))).text();
}

describe("bodies that stop before their end", () => {
  it("give way to others, and are refused by name", async () => {
    await classify(photo);
    const length = 10_480_000;
    const stalled = Array.from({ length: 4 }, () => begin(length, new Uint8Array(length - 1)));
    const answers = stalled.map(
      (socket) =>
        new Promise<string>((resolve) => {
          let text = "";
          socket.on("data", (data) => {
            text += data.toString("latin1");
            if (text.includes("\r\n\r\n{")) resolve(text);
          });
          socket.on("close", () => resolve(text));
        }),
    );
    await sleep(1500);
    const large = new Uint8Array(5_000_000);
    large.set(photo);
    const { status, answer } = await classify(large);
    expect(status, JSON.stringify(answer)).toBe(200);
    // Those that have not given way are too slow after a few seconds.
    for (const text of await Promise.all(answers)) {
      expect(text).toMatch(/HTTP\/1\.1 (?:408|503)/);
      expect(text).toMatch(/REQUEST_TIMEOUT|OVERLOADED/);
    }
    const metrics = await readMetrics();
    const [, heap] = /^resnet_edge_runtime_heap_bytes (\d+)$/m.exec(metrics) ?? [];
    const [, held] = /^resnet_edge_memory_held_bytes (\d+)$/m.exec(metrics) ?? [];
    expect(Number(held) - Number(heap)).toBe(parseConfig({}).memory.baseBytes);
  });
});

describe("callers that hang up", () => {
  it("in the middle of a body are not internal errors", async () => {
    for (let i = 0; i < 5; i++) {
      const socket = begin(100_000, new Uint8Array(50_000));
      await sleep(50);
      socket.destroy();
    }
    await sleep(500);
    const metrics = await readMetrics();
    expect(metrics).not.toContain("INTERNAL_SERVER_ERROR");
    expect(metrics).not.toContain('status="500"');
    expect((await classify(photo)).status).toBe(200);
  });
});
