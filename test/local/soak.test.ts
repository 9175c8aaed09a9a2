/**
 * Sends 500 images to one isolate: its objects and buffers must not accumulate. They do not include the memory
 * of WebAssembly, which test/imaging/decoders.test.ts checks.
 */
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { readIsolateHeap } from "../../tools/isolate-heap.ts";
import { encodeAll, makePicture } from "../imaging/support/sample-files.ts";
import { useLocalWorker } from "../support/use-local-worker.ts";

const IMAGES = 500;
const WARM_UP = 50;
/** The growth with a leak of 20 kB per image, which is less than its tensor. */
const MAX_GROWTH_BYTES = 10e6;

const worker = useLocalWorker({
  inspect: true,
  settings: { RESULT_CACHE_SECONDS: "0", LOG_REQUESTS: "false" },
});

it("the memory of an isolate does not grow over 500 mixed images, including damaged ones", async () => {
  const files = await makeMixedFiles();
  for (let i = 0; i < WARM_UP; i++) await send(i);
  const start = await readInUse();
  for (let i = 0; i < IMAGES; i++) await send(i);
  const end = await readInUse();
  console.log(`in use, MB: ${[start, end].map((bytes) => (bytes / 1e6).toFixed(1)).join(", ")}`);
  expect(end - start).toBeLessThan(MAX_GROWTH_BYTES);

  async function send(i: number): Promise<void> {
    const { bytes, status } = files[i % files.length] as (typeof files)[number];
    const response = await classify(bytes);
    expect(response.status).toBe(status);
    await response.body?.cancel();
  }
});

async function readInUse(): Promise<number> {
  const { objects, buffers } = await readIsolateHeap(worker().inspectorUrl as URL, worker().url);
  return objects + buffers;
}

async function makeMixedFiles(): Promise<{ bytes: Uint8Array; status: number }[]> {
  const good = [
    ...Object.values(await encodeAll(makePicture(320, 240))),
    ...Object.values(await encodeAll(makePicture(1200, 900))),
  ];
  for (const name of ["cat.jpg", "espresso.png"]) {
    good.push(await readFile(new URL(`../../examples/${name}`, import.meta.url)));
  }
  const damaged = good.map((bytes) => bytes.subarray(0, bytes.length - 40));
  return [
    ...good.map((bytes) => ({ bytes, status: 200 })),
    ...damaged.map((bytes) => ({ bytes, status: 422 })),
  ];
}

function classify(bytes: Uint8Array): Promise<Response> {
  return fetch(new URL("/graphql", worker().url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      query: `query ($b: String!) {
        classify(image: { base64: $b }, model: "resnet18") { answer { label } }
      }`,
      variables: { b: Buffer.from(bytes).toString("base64") },
    }),
  });
}
