/** Callers that disconnect after they have sent a photo, in the bundle that is deployed. */
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startDeployedWorker } from "../../tools/deployed-worker.ts";
import { seedLocalBucket } from "../../tools/local-worker.ts";
import { useWorkspace } from "../support/workspace.ts";

const GONE = 16;
const workspace = useWorkspace();
const photo = await readFile(new URL("../../examples/espresso.jpg", import.meta.url));
let worker: Awaited<ReturnType<typeof startDeployedWorker>>;

beforeAll(async () => {
  const { config: configPath } = workspace();
  await seedLocalBucket(configPath);
  // Its passes take longer, so that most callers are gone before their turn.
  const settings = { RESULT_CACHE_SECONDS: "0", ENGINE: "onnxruntime" };
  worker = await startDeployedWorker({ configPath, settings });
});

afterAll(() => worker.dispose());

async function classify(): Promise<number> {
  const url = new URL("/classify?topK=1", worker.url);
  return (await fetch(url, { method: "POST", body: photo })).status;
}

async function read(pattern: RegExp): Promise<number> {
  const metrics = await (await fetch(new URL("/metrics", worker.url))).text();
  return Number(pattern.exec(metrics)?.[1] ?? 0);
}

it("are not classified, except for those whose turn has begun, and leave no memory reserved", async () => {
  expect(await classify()).toBe(200);
  const passes = () => read(/resnet_edge_passes_total\{.*\} (\d+)/);
  const held = () => read(/resnet_edge_memory_held_bytes (\d+)/);
  const before = { passes: await passes(), held: await held() };
  const sockets = Array.from({ length: GONE }, () => {
    const socket = connect(Number(worker.url.port), worker.url.hostname);
    socket.on("error", () => {});
    socket.write(
      `POST /classify HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${photo.byteLength}\r\n\r\n`,
    );
    socket.write(photo);
    return socket;
  });
  // On a busy machine, a connection that is reset at once would never reach the Worker.
  await expect.poll(held, { timeout: 60_000, interval: 5 }).toBeGreaterThan(before.held);
  await sleep(40);
  for (const socket of sockets) socket.resetAndDestroy();
  expect(await classify()).toBe(200);
  await expect.poll(held, { timeout: 60_000 }).toBe(before.held);
  expect((await passes()) - before.passes).toBeLessThan(GONE / 2);
  const aborted = () => read(/resnet_edge_errors_total\{code="REQUEST_ABORTED"\} (\d+)/);
  await expect.poll(aborted, { timeout: 60_000 }).toBeGreaterThan(GONE / 2);
  expect(await read(/code="INTERNAL_SERVER_ERROR"\} (\d+)/)).toBe(0);
});
