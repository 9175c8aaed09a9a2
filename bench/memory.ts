/**
 * `npm run bench:memory`: the memory of an isolate with both embedded networks while it answers the largest photos,
 * alone and beside uploads that fill their part of the memory. Fails if the ledger exceeds its capacity, or if more
 * is live than it says. Needs Linux, because resident memory is read from /proc.
 */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { formatTable } from "../cli/terminal/format-table.ts";
import { parseConfig } from "../src/config.ts";
import { readIsolateHeap } from "../tools/isolate-heap.ts";
import { type LocalWorker, seedLocalBucket, startLocalWorker } from "../tools/local-worker.ts";
import { encoders, makePhoto } from "./photo-files.ts";
import { png } from "./worst/images/png.ts";
import { listWorkerdPids, readResidentBytes } from "./worst/process-usage.ts";

const MODELS = ["efficientnet-lite0", "resnet18"];
const UPLOAD_BYTES = 10_400_000;
/** What fits into the part of the memory that callers can fill. */
const UPLOADS = 3;
const SAMPLE_MS = 1;

type Photo = { readonly name: string; make(): Promise<Uint8Array> };

const PHOTOS: readonly Photo[] = [
  { name: "no photo", make: async () => new Uint8Array() },
  {
    name: "baseline JPEG, 12 MP, 10 MB",
    make: async () => pad(await encode("JPEG baseline", 4000, 3000), 10_000_000),
  },
  { name: "progressive JPEG, 12 MP", make: () => encode("JPEG progressive", 4000, 3000) },
  { name: "progressive JPEG, 3.1 MP", make: () => encode("JPEG progressive", 2048, 1536) },
  {
    name: "PNG, 48 MP",
    make: async () => png.make({ ...png.starts[0], width: 8000, height: 6000, bitDepth: 8 }),
  },
  { name: "WebP, 11 MP", make: () => encode("WebP", 3800, 2900) },
  { name: "AVIF, 0.7 MP", make: () => encode("AVIF", 1000, 700) },
];

await seedLocalBucket();
const rows: string[][] = [];
for (const { name, make } of PHOTOS) {
  const file = await make();
  for (const uploads of [0, UPLOADS]) {
    process.stderr.write(`${name}, ${uploads} uploads …\n`);
    rows.push([name, String(uploads), ...(await measure(file, uploads))]);
  }
}
const columns = [
  "photo",
  "uploads",
  "answer",
  "live before, MB",
  "ledger before, MB",
  "ledger at most, MB",
  "resident growth, MB",
];
console.log(formatTable(columns, rows));
const { capacityBytes } = parseConfig({}).memory;
const column = (i: number) => rows.map((row) => Number(row[i]));
const worst = Math.max(...column(5));
console.log(`
live before: objects, buffers and ONNX Runtime's heap after a garbage collection, while the uploads wait.
ledger at most: what was reserved when the photo was decoded and classified.
resident growth: of the process while the photo is answered, with memory that V8 has not collected yet.

The ledger's worst is ${worst} MB; MEMORY_BYTES is ${megabytes(capacityBytes)} MB.`);
const isBelow = column(3).some((live, i) => live > (column(4)[i] as number));
if (isBelow) console.error("More is live than the ledger says.");
process.exitCode = worst <= capacityBytes / 1e6 && !isBelow ? 0 : 1;

/** Starts a Worker, loads both networks, lets uploads stop before their end, and sends the file. */
async function measure(file: Uint8Array, uploads: number): Promise<string[]> {
  const worker = await startLocalWorker({
    port: 0,
    logLevel: "none",
    watch: false,
    inspect: true,
    settings: { RESULT_CACHE_SECONDS: "0" },
  });
  const sockets: Socket[] = [];
  try {
    const small = await encode("JPEG baseline", 640, 480);
    for (const model of MODELS) await classify(worker, small, model);
    for (let i = 0; i < uploads; i++) sockets.push(beginUpload(worker));
    if (uploads > 0) await sleep(1000);
    const live = await readLive(worker);
    const held = await readMetric(worker, "memory_held_bytes");
    const sampler = await sampleResident();
    const status = file.byteLength === 0 ? "-" : await classify(worker, file, MODELS[0] as string);
    const growth = await sampler.stop();
    const most = await readMetric(worker, "memory_peak_bytes");
    return [status, ...[live, held, most, growth].map(megabytes)];
  } finally {
    for (const socket of sockets) socket.destroy();
    await worker.dispose();
  }
}

/** Bytes that are left after a garbage collection, with ONNX Runtime's heap. */
async function readLive(worker: LocalWorker): Promise<number> {
  const { inspectorUrl, url } = worker;
  if (!inspectorUrl) throw new Error("The Worker was started without an inspector.");
  const { objects, buffers } = await readIsolateHeap(inspectorUrl, url);
  return objects + buffers + (await readMetric(worker, "runtime_heap_bytes"));
}

/** Samples the resident memory of workerd; `stop` returns by how much it has grown at most. */
async function sampleResident(): Promise<{ stop(): Promise<number> }> {
  const pids = await listWorkerdPids();
  const read = async () =>
    (await Promise.all(pids.map(readResidentBytes))).reduce((sum, bytes) => sum + bytes, 0);
  const before = await read();
  let most = before;
  let isRunning = true;
  const running = (async () => {
    while (isRunning) {
      most = Math.max(most, await read());
      await sleep(SAMPLE_MS);
    }
  })();
  return {
    async stop() {
      isRunning = false;
      await running;
      return most - before;
    },
  };
}

/** Sends all of a body but its last byte. */
function beginUpload({ url }: LocalWorker): Socket {
  const socket = connect(Number(url.port), url.hostname);
  socket.on("error", () => {});
  socket.write(
    `POST /classify HTTP/1.1\r\nhost: ${url.hostname}\r\ncontent-length: ${UPLOAD_BYTES}\r\n\r\n`,
  );
  socket.write(new Uint8Array(UPLOAD_BYTES - 1));
  return socket;
}

async function classify({ url }: LocalWorker, file: Uint8Array, model: string): Promise<string> {
  const target = new URL(`/classify?model=${model}`, url);
  const response = await fetch(target, { method: "POST", body: Uint8Array.from(file) });
  const text = await response.text();
  const code = /"code":"(\w+)"/.exec(text)?.[1];
  return code === undefined ? String(response.status) : `${response.status} ${code}`;
}

async function readMetric({ url }: LocalWorker, name: string): Promise<number> {
  const text = await (await fetch(new URL("/metrics", url))).text();
  return Number(new RegExp(`^resnet_edge_${name} (\\d+)$`, "m").exec(text)?.[1]);
}

async function encode(format: string, width: number, height: number): Promise<Uint8Array> {
  const encoder = encoders[format];
  if (!encoder) throw new Error(`There is no encoder for ${format}.`);
  return encoder(await makePhoto(width, height));
}

/** Bytes that decoders ignore, after the image. */
function pad(file: Uint8Array, bytes: number): Uint8Array {
  const padded = new Uint8Array(bytes);
  padded.set(file);
  return padded;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
