/**
 * `npm run bench [-- --against FOLDER] [--rounds N] [--engine NAME]`: the CPU time of each stage of a request in
 * workerd, for each embedded model and engine. With `--against`, another checkout is measured in turn with this one. Needs
 * Linux, because CPU times are read from /proc.
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { encode } from "jpeg-js";
import { formatTable } from "../cli/terminal/format-table.ts";
import { inspectImage } from "../src/imaging/inspect-image.ts";
import { jsImageDecoder } from "../src/imaging/js-image-decoder.ts";
import { resize } from "../src/imaging/resize.ts";
import { ENGINE_NAMES, ENGINES, type EngineName } from "../src/inference/engines/engine.ts";
import { versionName } from "../src/models/version-ref.ts";
import { ensurePage } from "../tools/build-page.ts";
import { listEmbeddedModels } from "../tools/embedded-models.ts";
import { seedLocalBucket } from "../tools/local-worker.ts";
import { median } from "./median.ts";
import { type StageWorker, startStageWorker } from "./stages/stage-worker.ts";

/** How often a stage runs in a turn: enough for the clock, and short enough for turns to alternate. */
const TIMES: Readonly<Record<string, number>> = {
  header: 50,
  hash: 50,
  decode: 20,
  tensor: 20,
  network: 5,
  classify: 5,
  graphql: 5,
};
const STAGES = Object.keys(TIMES);
/** Turns until V8 has optimised everything. */
const WARM_UP = 8;
const WIDTH = 500;
const HEIGHT = 375;

const { values } = parseArgs({
  options: {
    against: { type: "string" },
    rounds: { type: "string", default: "15" },
    engine: { type: "string", multiple: true, default: [...ENGINE_NAMES] },
  },
});
const rounds = Number(values.rounds);
const here = new URL("..", import.meta.url).pathname;
const checkouts = [here, ...(values.against === undefined ? [] : [resolve(values.against)])];

await ensurePage();
await seedLocalBucket();
const photo = await makePhoto();
console.log(
  `${WIDTH}x${HEIGHT} JPEG of ${photo.byteLength} bytes. CPU time in ms, medians of ${rounds} rounds.`,
);
for (const engine of values.engine) {
  for (const { manifest } of await listEmbeddedModels()) {
    const title = `${manifest.id}, ${ENGINES[engine as EngineName].title}`;
    report(title, await measure(engine as EngineName, versionName(manifest)));
  }
}

/** The medians of each checkout, by stage. */
type Figures = readonly Readonly<Record<string, number>>[];

async function measure(engine: EngineName, model: string): Promise<Figures> {
  const workers: StageWorker[] = [];
  try {
    for (const checkout of checkouts) workers.push(await startStageWorker(checkout, engine, photo));
    const samples = workers.map(() => new Map(STAGES.map((stage) => [stage, [] as number[]])));
    for (let round = -WARM_UP; round < rounds; round++) {
      for (const stage of STAGES) {
        for (const [i, worker] of workers.entries()) {
          const ms = await worker.run(model, stage, TIMES[stage] as number);
          if (round >= 0) samples[i]?.get(stage)?.push(ms);
        }
      }
    }
    return samples.map((own) =>
      Object.fromEntries([...own].map(([stage, times]) => [stage, median(times)])),
    );
  } finally {
    for (const worker of workers) await worker.dispose();
  }
}

function report(title: string, figures: Figures): void {
  const rows: [string, (of: Readonly<Record<string, number>>) => number][] = [
    ["read the header", ({ header = 0 }) => header],
    ["SHA-256", ({ hash = 0 }) => hash],
    ["decode", ({ decode = 0 }) => decode],
    ["resize, crop, normalise", ({ tensor = 0 }) => tensor],
    ["network", ({ network = 0 }) => network],
    ["answer and HTTP, /classify", (of) => (of.classify ?? 0) - sumOfStages(of)],
    ["answer, HTTP and GraphQL, /graphql", (of) => (of.graphql ?? 0) - sumOfStages(of)],
    ["all of /classify", ({ classify = 0 }) => classify],
    ["all of /graphql", ({ graphql = 0 }) => graphql],
    ["outside the network, /classify", ({ classify = 0, network = 0 }) => classify - network],
    ["outside the network, /graphql", ({ graphql = 0, network = 0 }) => graphql - network],
  ];
  const [own = {}, other] = figures;
  const cells = rows.map(([stage, pick]) => [
    stage,
    pick(own).toFixed(2),
    (pick(own) / (own.network ?? 1)).toFixed(3),
    ...(other ? [pick(other).toFixed(2), (pick(own) / pick(other)).toFixed(2)] : []),
  ]);
  const columns = other ? ["other", "ratio"] : [];
  console.log(`\n${title}\n\n${formatTable(["stage", "ms", "of network", ...columns], cells)}`);
}

function sumOfStages({ header = 0, hash = 0, decode = 0, tensor = 0, network = 0 }) {
  return header + hash + decode + tensor + network;
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
