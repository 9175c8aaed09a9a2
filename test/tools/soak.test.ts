/** 500 images in a row through one isolate: its memory must not keep growing. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LocalWorker, seedLocalBucket, startLocalWorker } from "../../tools/local-worker.ts";
import { findWorkerd, readResidentBytes } from "../../tools/workerd-memory.ts";
import { encodeAll, makePicture } from "../imaging/support/sample-files.ts";

const IMAGES = 500;
const WARM_UP = 50;
/** workerd's own collector decides when garbage goes; a leak of one decoder per image passes this. */
const MAX_GROWTH_BYTES = 40e6;

let worker: LocalWorker;

beforeAll(async () => {
  await seedLocalBucket();
  worker = await startLocalWorker({
    port: 0,
    logLevel: "none",
    watch: false,
    settings: { RESULT_CACHE_SECONDS: "0" },
  });
}, 60_000);

afterAll(() => worker?.dispose());

it("memory is flat over 500 mixed images, damaged ones among them", {
  timeout: 180_000,
}, async () => {
  const files = await makeMixedFiles();
  const pid = findWorkerd();
  const residentBytes: number[] = [];
  for (let i = 0; i < WARM_UP + IMAGES; i++) {
    const { bytes, status } = files[i % files.length] as (typeof files)[number];
    const response = await classify(bytes);
    expect(response.status).toBe(status);
    await response.body?.cancel();
    if (i >= WARM_UP && (i - WARM_UP) % (IMAGES / 2 - 1) === 0)
      residentBytes.push(readResidentBytes(pid));
  }
  const [start, middle, end] = residentBytes as [number, number, number];
  console.log(`resident, MB: ${residentBytes.map((bytes) => (bytes / 1e6).toFixed(0)).join(", ")}`);
  expect(end - middle).toBeLessThan(MAX_GROWTH_BYTES);
  expect(end - start).toBeLessThan(2 * MAX_GROWTH_BYTES);
});

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
  return fetch(new URL("/graphql", worker.url), {
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
