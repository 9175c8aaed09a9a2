/** Over real HTTP, a full queue must reject requests before it is drained. */
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { useLocalWorker } from "../support/use-local-worker.ts";

const worker = useLocalWorker({
  // With a faster engine, the first photos could be done before the last arrive.
  settings: { RESULT_CACHE_SECONDS: "0", QUEUE_LENGTH: "5", ENGINE: "onnxruntime" },
});

it("a full queue rejects requests with 503 before the accepted ones are answered", async () => {
  const body = await readFile(new URL("../../examples/espresso.jpg", import.meta.url));
  const url = new URL("/classify", worker().url);
  const send = async () => {
    const response = await fetch(url, { method: "POST", body });
    await response.arrayBuffer();
    return response.status;
  };
  await send();
  const order: number[] = [];
  await Promise.all(Array.from({ length: 20 }, async () => order.push(await send())));
  const accepted = order.filter((status) => status === 200).length;
  expect(accepted).toBeGreaterThanOrEqual(6);
  expect(order.filter((status) => status === 503)).toHaveLength(20 - accepted);
  expect(order.lastIndexOf(503)).toBeLessThan(order.lastIndexOf(200));
});
