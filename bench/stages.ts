/** `npm run bench`: how long each stage of a request takes in workerd. */
import { readFile } from "node:fs/promises";
import { encode } from "jpeg-js";
import { formatTable } from "../cli/terminal/format-table.ts";
import { inspectImage } from "../src/imaging/inspect-image.ts";
import { jsImageDecoder } from "../src/imaging/js-image-decoder.ts";
import { resize } from "../src/imaging/resize.ts";
import { versionName } from "../src/models/version-ref.ts";
import { listEmbeddedModels } from "../tools/embedded-models.ts";
import { seedLocalBucket, startLocalWorker } from "../tools/local-worker.ts";
import { uploadQuery } from "../tools/upload-query.ts";

/** Milliseconds of one request; all except `requestMs` are from `Timing`. */
export type Sample = {
  readonly decodeMs: number;
  readonly preprocessMs: number;
  readonly inferenceMs: number;
  readonly totalMs: number;
  /** The whole request, including parsing, uploads, GraphQL and the response. */
  readonly requestMs: number;
};

const WARM_UP = 5;
const RUNS = 30;
const WIDTH = 500;
const HEIGHT = 375;
const QUERY = /* GraphQL */ `
  query ($image: File!, $model: String) {
    classify(image: { upload: $image }, model: $model) {
      predictions { rank label confidence }
      timing { decodeMs preprocessMs inferenceMs totalMs }
    }
  }
`;

const photo = new File([await makePhoto()], "photo.jpg");
await seedLocalBucket();
const worker = await startLocalWorker({
  port: 0,
  logLevel: "none",
  watch: false,
  entrypoint: new URL("stages-worker.ts", import.meta.url).pathname,
  settings: { RESULT_CACHE_SECONDS: "0" },
});
try {
  for (const { manifest } of await listEmbeddedModels()) {
    report(manifest.id, await measure(versionName(manifest)));
  }
} finally {
  await worker.dispose();
}

async function measure(model: string): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let i = 0; i < WARM_UP + RUNS; i++) {
    const response = await fetch(new URL("/graphql", worker.url), {
      method: "POST",
      body: uploadQuery(QUERY, { model }, "image", photo),
    });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    const sample = (await response.json()) as Sample;
    if (i >= WARM_UP) samples.push(sample);
  }
  return samples;
}

function report(model: string, samples: readonly Sample[]): void {
  const request = median(samples.map(({ requestMs }) => requestMs));
  const row = (stage: string, pick: (sample: Sample) => number) => {
    const ms = median(samples.map(pick));
    return [stage, ms.toFixed(1), `${((100 * ms) / request).toFixed(1)} %`];
  };
  console.log(`\n${model}: ${WIDTH}x${HEIGHT} JPEG of ${photo.size} bytes, median of ${RUNS} runs`);
  console.log(
    formatTable(
      ["stage", "ms", "share"],
      [
        row("decode", ({ decodeMs }) => decodeMs),
        row("resize, crop, normalise", ({ preprocessMs }) => preprocessMs),
        row("session.run", ({ inferenceMs }) => inferenceMs),
        row("HTTP and GraphQL", ({ requestMs, totalMs }) => requestMs - totalMs),
        row("whole request", ({ requestMs }) => requestMs),
        row("outside session.run", ({ requestMs, inferenceMs }) => requestMs - inferenceMs),
      ],
    ),
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle - 1)] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}

/** Makes a photo with the most common size in ImageNet, from a photo in examples/. */
async function makePhoto(): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readFile(new URL("../examples/rocket.jpg", import.meta.url));
  const image = await jsImageDecoder.decode(bytes, inspectImage(bytes), HEIGHT);
  const region = { left: 0, top: 0, width: WIDTH, height: HEIGHT };
  const { data } = resize(image, { ...region, region, interpolation: "bilinear" });
  const rgba = new Uint8Array(WIDTH * HEIGHT * 4).fill(255);
  for (let i = 0; i < WIDTH * HEIGHT; i++) rgba.set(data.subarray(i * 3, i * 3 + 3), i * 4);
  const { data: jpeg } = encode({ width: WIDTH, height: HEIGHT, data: rgba }, 85);
  return Uint8Array.from(jpeg);
}
