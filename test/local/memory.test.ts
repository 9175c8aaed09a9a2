/** The memory of the built Worker with its default limits: large photos, and images that a request repeats. */
import { readFile } from "node:fs/promises";
import { deflateSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { encoders, makePhoto } from "../../bench/photo-files.ts";
import { parseConfig } from "../../src/config.ts";
import { readIsolateHeap } from "../../tools/isolate-heap.ts";
import { makePng, makeRows } from "../imaging/support/make-png.ts";
import { useLocalWorker } from "../support/use-local-worker.ts";

const { capacityBytes } = parseConfig({}).memory;
const worker = useLocalWorker({ inspect: true, settings: { RESULT_CACHE_SECONDS: "0" } });

async function classify(file: Uint8Array, model: string) {
  const url = new URL(`/classify?model=${model}&topK=1`, worker().url);
  const response = await fetch(url, { method: "POST", body: Uint8Array.from(file) });
  return { status: response.status, body: await response.text() };
}

async function ask(query: string, variables: object) {
  const response = await fetch(new URL("/graphql", worker().url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as { data?: object; errors?: { message: string }[] };
}

async function readMetric(name: string): Promise<number> {
  const text = await (await fetch(new URL("/metrics", worker().url))).text();
  return Number(new RegExp(`^resnet_edge_${name} (\\d+)$`, "m").exec(text)?.[1]);
}

/** An image followed by bytes that decoders ignore. */
function pad(file: Uint8Array, bytes: number): Uint8Array {
  const padded = new Uint8Array(bytes);
  padded.set(file);
  return padded;
}

beforeAll(async () => {
  const photo = await readFile(new URL("../../examples/espresso.jpg", import.meta.url));
  for (const model of ["efficientnet-lite0", "resnet18"]) await classify(photo, model);
});

describe("with both networks loaded", () => {
  it.each([
    ["a baseline JPEG of 10 MB", "JPEG baseline", 4000, 3000, 10_000_000],
    ["a progressive JPEG of 12 megapixels", "JPEG progressive", 4000, 3000, undefined],
    ["a WebP of 8 megapixels", "WebP", 3264, 2448, undefined],
  ] as const)("%s is answered", async (_name, format, width, height, bytes) => {
    const encoded = (await encoders[format]?.(await makePhoto(width, height))) as Uint8Array;
    const file = bytes === undefined ? encoded : pad(encoded, bytes);
    for (const model of ["efficientnet-lite0", "resnet18"]) {
      const { status, body } = await classify(file, model);
      // A tiled photo can be over the limit on bytes; then the message says so.
      expect(status, body).toBe(200);
    }
    expect(await readMetric("memory_peak_bytes")).toBeLessThanOrEqual(capacityBytes);
  });

  it("a PNG of 48 megapixels is answered", async () => {
    const size = { width: 8000, height: 6000 };
    const file = makePng(
      size,
      deflateSync(
        makeRows(size, 1, (i) => (i * 7) & 3),
        { level: 1 },
      ),
    );
    for (const model of ["efficientnet-lite0", "resnet18"]) {
      const { status, body } = await classify(file, model);
      expect(status, body).toBe(200);
    }
    expect(await readMetric("memory_peak_bytes")).toBeLessThanOrEqual(capacityBytes);
  });

  it("what is idle is given up for a photo that needs its memory, and loaded again", async () => {
    const loads = await readMetric("model_loads_total");
    const photo = await makePhoto(3800, 2900);
    const large = (await encoders.WebP?.(photo)) as Uint8Array;
    expect((await classify(large, "resnet18")).status).toBe(200);
    expect((await classify(large, "efficientnet-lite0")).status).toBe(200);
    expect(await readMetric("model_loads_total")).toBeGreaterThan(loads);
    expect(await readMetric("memory_peak_bytes")).toBeLessThanOrEqual(capacityBytes);
    const small = await readFile(new URL("../../examples/espresso.jpg", import.meta.url));
    expect((await classify(small, "resnet18")).body).toContain("n07920052");
  });
});

describe("an image that a request repeats", () => {
  const aliases = (count: number, field: string) =>
    Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(" ");

  it("is in memory once, whether it is classified or inspected", async () => {
    const photo = await readFile(new URL("../../examples/espresso.jpg", import.meta.url));
    const base64 = Buffer.from(pad(photo, 9_000_000)).toString("base64");
    const { inspectorUrl, url } = worker();
    if (!inspectorUrl) throw new Error("The Worker has no inspector.");
    const before = await readIsolateHeap(inspectorUrl, url);
    for (const answer of [
      await ask(
        `query ($b: String!) { ${aliases(16, "inspectImage(image: {base64: $b}) { sha256 width }")} }`,
        { b: base64 },
      ),
      await ask(
        `query ($b: String!) { ${aliases(8, "classify(image: {base64: $b}) { answer { id } }")} }`,
        { b: base64 },
      ),
    ]) {
      expect(answer.errors).toBeUndefined();
    }
    expect(await readMetric("memory_peak_bytes")).toBeLessThanOrEqual(capacityBytes);
    const after = await readIsolateHeap(inspectorUrl, url);
    expect(after.buffers - before.buffers).toBeLessThan(2_000_000);
  });

  it("leaves no memory reserved when the request is answered", async () => {
    const heap = await readMetric("runtime_heap_bytes");
    expect(await readMetric("memory_held_bytes")).toBe(parseConfig({}).memory.baseBytes + heap);
  });
});
