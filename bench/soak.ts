/**
 * `npm run soak`: sends one isolate many mixed requests, and lets another one load and release networks. Fails if
 * an answer is wrong, or if objects, buffers or the heap of an engine grow.
 */
import { parseArgs } from "node:util";
import { formatTable } from "../cli/terminal/format-table.ts";
import { ENGINE_SETTINGS } from "../src/inference/engines/engine.ts";
import { startDeployedWorker } from "../tools/deployed-worker.ts";
import { type LocalWorker, seedLocalBucket } from "../tools/local-worker.ts";
import { buildWorker } from "../tools/worker-bundle.ts";
import { readDocumentedCodes } from "./load/judge.ts";
import { makeMix } from "./load/mix.ts";
import { type Outcome, sendMany } from "./load/offer.ts";
import { formatProblems } from "./load/summary.ts";
import { growthOf, type MemoryInUse, readMemoryInUse } from "./soak/memory-in-use.ts";

const USAGE = `Usage: npm run soak -- [--engine ${ENGINE_SETTINGS.join("|")}] [--requests N] [--loads N]

  --engine NAME  the engine, as the setting ENGINE (default: auto)
  --requests N   mixed requests (default: 2000)
  --loads N      loads, each of which releases another network (default: 40)`;
/** Larger photos take most of the time, and the same memory. */
const MAX_BODY_BYTES = 2_000_000;
const WARM_UP = 100;
const MEASUREMENTS = 4;
/** A leak of 5 kB per request. */
const MAX_GROWTH_BYTES = 10e6;
/** The heap depends a little on which network was loaded first. */
const MAX_HEAP_GROWTH_BYTES = 1e6;
/** The larger one of the embedded networks fits, but not both. */
const ONE_NETWORK_BYTES = "18000000";
const MODELS = ["default", "resnet18"] as const;
const WARM_UP_LOADS = 4;

const { engine, requests, loads } = readOptions();
await seedLocalBucket();
const bundle = await buildWorker();
const mix = (await makeMix()).filter(
  ({ request }) => (request.body?.length ?? 0) <= MAX_BODY_BYTES,
);
const held = [
  await withWorker({}, soak),
  await withWorker({ MODEL_MEMORY_BYTES: ONE_NETWORK_BYTES }, loadAndRelease),
];
process.exitCode = held.every(Boolean) ? 0 : 1;

async function withWorker(
  settings: object,
  use: (worker: LocalWorker) => Promise<boolean>,
): Promise<boolean> {
  const all = { ENGINE: engine, RESULT_CACHE_SECONDS: "0", ...settings };
  const worker = await startDeployedWorker({ bundle, inspect: true, settings: all });
  try {
    return await use(worker);
  } finally {
    await worker.dispose();
  }
}

async function soak(worker: LocalWorker): Promise<boolean> {
  const target = { url: worker.url, mix, codes: await readDocumentedCodes(), oneAddress: false };
  const outcomes: Outcome[] = [];
  const readings: MemoryInUse[] = [];
  for (const count of [WARM_UP, ...Array(MEASUREMENTS).fill(requests / MEASUREMENTS)]) {
    outcomes.push(...(await sendMany(target, count)));
    // An engine can have been given up for the memory of a photo. An ensemble loads both networks.
    const ensemble = mix.filter(({ name }) => name === "ensemble");
    outcomes.push(...(await sendMany({ ...target, mix: ensemble }, 1)));
    readings.push(await readMemoryInUse(worker));
    process.stderr.write(`${outcomes.length} requests …\n`);
  }
  const problems = formatProblems(outcomes);
  if (problems !== "") console.log(problems);
  return report(`${requests} mixed requests`, readings) && problems === "";
}

async function loadAndRelease(worker: LocalWorker): Promise<boolean> {
  const photo = mix.find(({ name }) => name === "JPEG, small")?.request.body;
  const readings: MemoryInUse[] = [];
  for (let i = 0; i < WARM_UP_LOADS + loads; i++) {
    if (i === WARM_UP_LOADS) readings.push(await readMemoryInUse(worker));
    const url = new URL(`/classify?topK=1&model=${MODELS[i % MODELS.length]}`, worker.url);
    const response = await fetch(url, { method: "POST", body: photo as Uint8Array<ArrayBuffer> });
    if (!response.ok) throw new Error(`${url}: ${await response.text()}`);
    await response.body?.cancel();
  }
  readings.push(await readMemoryInUse(worker));
  const [first, last] = [readings[0], readings.at(-1)] as [MemoryInUse, MemoryInUse];
  const done = last.loads - first.loads;
  if (done !== loads) console.log(`FAILS: ${done} networks were loaded instead of ${loads}.`);
  return report(`${loads} loads and releases`, readings) && done === loads;
}

function report(what: string, readings: readonly MemoryInUse[]): boolean {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  const rows = readings.map(({ objects, buffers, heap }) =>
    [objects, buffers, heap].map(megabytes),
  );
  console.log(`\nENGINE is ${engine}. ${what}, memory before, meanwhile and after:\n`);
  console.log(formatTable(["objects, MB", "buffers, MB", "heap of the engines, MB"], rows));
  const growth = growthOf(readings);
  const holds = growth.inUse <= MAX_GROWTH_BYTES && growth.heap <= MAX_HEAP_GROWTH_BYTES;
  console.log(
    `\n${holds ? "holds" : "FAILS"}: objects and buffers grew by ${megabytes(growth.inUse)} MB, the heap by ${megabytes(growth.heap)} MB`,
  );
  return holds;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      engine: { type: "string", default: "auto" },
      requests: { type: "string", default: "2000" },
      loads: { type: "string", default: "40" },
    },
  });
  const engine = ENGINE_SETTINGS.find((setting) => setting === values.engine);
  const [requests, loads] = [Number(values.requests), Number(values.loads)];
  if (engine && requests > 0 && loads > 0) return { engine, requests, loads };
  console.error(USAGE);
  process.exit(2);
}
