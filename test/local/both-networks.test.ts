/** The embedded networks in the built Worker, with the default limits: both stay loaded, in either order. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { readIsolateHeap } from "../../tools/isolate-heap.ts";
import { useLocalWorker } from "../support/use-local-worker.ts";

const { modelLimits } = parseConfig({});

describe.each([
  ["efficientnet-lite0", "resnet18"],
  ["resnet18", "efficientnet-lite0"],
])("%s, then %s", (first, second) => {
  const worker = useLocalWorker({ inspect: true });

  /** @param trailer - one byte after the end of the photo, so that no cached result answers */
  async function classify(query: string, trailer: number): Promise<void> {
    const photo = await readFile(new URL("../../examples/espresso.jpg", import.meta.url));
    const body = new Uint8Array([...photo, trailer]);
    const response = await fetch(new URL(`/classify?${query}`, worker().url), {
      method: "POST",
      body,
    });
    expect(await response.json()).toMatchObject({ answer: { id: "n07920052" } });
    expect(response.status).toBe(200);
  }

  async function readMetric(name: string): Promise<number> {
    const text = await (await fetch(new URL("/metrics", worker().url))).text();
    return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
  }

  it("are loaded once each, also by an ensemble of both", async () => {
    for (let round = 0; round < 3; round++) {
      await classify(`model=${first}&threshold=0.1`, round);
      await classify(`model=${second}&threshold=0.1`, round);
      await classify(`models=${first},${second}&threshold=0.1`, round);
    }
    expect(await readMetric("resnet_edge_model_loads_total")).toBe(2);
    const heapBytes = await readMetric("resnet_edge_runtime_heap_bytes");
    expect(heapBytes).toBeGreaterThan(modelLimits.modelBytes);
    expect(heapBytes).toBeLessThanOrEqual(modelLimits.heapBytes);
    // The runtime has copies of the files in its heap. The isolate must not keep the originals, which take 23 MB.
    const { inspectorUrl, url } = worker();
    if (!inspectorUrl) throw new Error("The Worker has no inspector.");
    expect((await readIsolateHeap(inspectorUrl, url)).buffers).toBeLessThan(5e6);
  });
});
