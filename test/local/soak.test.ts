/**
 * Sends 150 images to one isolate with each engine: its objects and buffers must not accumulate, and the heap of the
 * engine must not grow. test/imaging/decoders.test.ts checks the memory of the decoders. `npm run soak` sends more.
 */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { growthOf, readMemoryInUse } from "../../bench/soak/memory-in-use.ts";
import { ENGINE_NAMES } from "../../src/inference/engines/engine.ts";
import { encodeAll, makePicture } from "../imaging/support/sample-files.ts";
import { useLocalWorker } from "../support/use-local-worker.ts";

const IMAGES = 150;
const WARM_UP = 30;
/** The growth with a leak of 20 kB per image, which is less than its tensor. */
const MAX_GROWTH_BYTES = 3e6;

type MixedFile = { readonly bytes: Uint8Array; readonly status: number };

describe.each(ENGINE_NAMES)("with the engine %s", (engine) => {
  const worker = useLocalWorker({
    inspect: true,
    settings: { ENGINE: engine, RESULT_CACHE_SECONDS: "0", LOG_REQUESTS: "false" },
  });

  it("the memory of an isolate does not grow over mixed images, including damaged ones", async () => {
    const files = await makeMixedFiles();
    for (let i = 0; i < WARM_UP; i++) await send(i);
    const start = await readMemoryInUse(worker());
    for (let i = 0; i < IMAGES; i++) await send(i);
    const end = await readMemoryInUse(worker());
    console.log(`${JSON.stringify(start)}, then ${JSON.stringify(end)}`);
    const growth = growthOf([start, end]);
    expect(growth.inUse).toBeLessThan(MAX_GROWTH_BYTES);
    expect(growth.heap).toBe(0);

    async function send(i: number): Promise<void> {
      const { bytes, status } = files[i % files.length] as MixedFile;
      const response = await classify(worker().url, bytes);
      expect(response.status).toBe(status);
      await response.body?.cancel();
    }
  });
});

async function makeMixedFiles(): Promise<MixedFile[]> {
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

function classify(worker: URL, bytes: Uint8Array): Promise<Response> {
  return fetch(new URL("/graphql", worker), {
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
