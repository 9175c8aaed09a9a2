/**
 * `npm run load`: sends twice the load that one isolate can serve, for a minute, on loopback. Fails if an
 * accepted request gets a wrong answer or one later than the queue explains, if a rejected request has to wait
 * or gets a status other than 503 or 429, or if memory grows.
 */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import autocannon from "autocannon";
import { formatTable } from "../cli/terminal/format-table.ts";
import { parseConfig } from "../src/config.ts";
import { type IsolateHeap, readIsolateHeap } from "../tools/isolate-heap.ts";
import { type LocalWorker, seedLocalBucket, startLocalWorker } from "../tools/local-worker.ts";

const PHOTO = new URL("../examples/espresso.jpg", import.meta.url);
const EXPECTED_LABEL = "espresso";
const CALIBRATION_SECONDS = 10;
/** Enough for one request to be waiting at any time. */
const CALM_CONNECTIONS = 4;
const LOAD_SECONDS = 60;
/** Maximum number of images in an isolate: one is processed, the others wait. */
const PLACES = parseConfig({}).queueLength + 1;
/** Twice the capacity, minus the inaccuracy of the generator's timers. */
const MIN_OVERLOAD = 1.8;
/** Allows for the load generator, which shares the machine with the Worker. */
const SLACK = 2;
const SETTLE_MS = 8000;
const MAX_GROWTH_BYTES = 10e6;

/** The responses of one run. */
type Observed = {
  /** Milliseconds of each response, by status. */
  readonly latencies: ReadonlyMap<number, readonly number[]>;
  readonly wrongAnswers: number;
  readonly withoutRetryAfter: number;
  /** Connections that broke or timed out. */
  readonly failures: number;
  readonly seconds: number;
};

await seedLocalBucket();
const worker = await startLocalWorker({
  port: 0,
  logLevel: "none",
  watch: false,
  inspect: true,
  settings: { RESULT_CACHE_SECONDS: "0", LOG_REQUESTS: "false" },
});
try {
  process.exitCode = (await measure(worker)) ? 0 : 1;
} finally {
  await worker.dispose();
}

async function measure({ url, inspectorUrl }: LocalWorker): Promise<boolean> {
  if (!inspectorUrl) throw new Error("The Worker was started without an inspector.");
  const target = new URL("/classify?topK=1", url).href;
  const body = await readFile(PHOTO);
  await send(target, body, { seconds: 3, connections: 1 });
  process.stderr.write(`${CALM_CONNECTIONS} connections for ${CALIBRATION_SECONDS} s …\n`);
  const calm = await send(target, body, {
    seconds: CALIBRATION_SECONDS,
    connections: CALM_CONNECTIONS,
  });
  const capacity = latenciesOf(calm, 200).length / calm.seconds;
  // Each connection sends once a second, or after its response if that takes longer. As many connections as
  // there are places keep the queue full and send at the rate of the capacity; the others are rejected.
  const connections = PLACES + Math.ceil(2 * capacity);
  process.stderr.write(`${connections} connections for ${LOAD_SECONDS} s …\n`);
  const before = await readIsolateHeap(inspectorUrl, url);
  const load = await send(target, body, {
    seconds: LOAD_SECONDS,
    connections,
    rate: connections,
  });
  // Requests that were still waiting when the generator stopped are processed first.
  await sleep(SETTLE_MS);
  const after = await readIsolateHeap(inspectorUrl, url);
  return report(capacity, load, before, after);
}

function report(
  capacity: number,
  load: Observed,
  before: IsolateHeap,
  after: IsolateHeap,
): boolean {
  const boundMs = ((SLACK * PLACES) / capacity) * 1000;
  const accepted = latenciesOf(load, 200);
  const rejected = [...latenciesOf(load, 503), ...latenciesOf(load, 429)];
  const answered = [...load.latencies.values()].flat().length;
  const offered = answered / load.seconds;
  const growth = inUse(after) - inUse(before);
  console.log(
    `\nCapacity: ${capacity.toFixed(1)}/s. Offered: ${offered.toFixed(1)}/s for ${LOAD_SECONDS} s.\n`,
  );
  console.log(
    formatTable(
      ["", "requests", "per second", "p50 ms", "p99 ms"],
      [
        ["accepted (200)", ...summarise(accepted, load.seconds)],
        ["rejected (503, 429)", ...summarise(rejected, load.seconds)],
        ["anything else", String(answered - accepted.length - rejected.length)],
      ],
    ),
  );
  console.log(
    `\nObjects and buffers of the isolate: ${toMB(inUse(before))} MB before, ${toMB(inUse(after))} MB after.\n`,
  );
  const serviceMs = 1000 / capacity;
  const checks = [
    [accepted.length > 0, "some requests are accepted"],
    [offered >= MIN_OVERLOAD * capacity, `at least ${MIN_OVERLOAD} times the capacity was offered`],
    [load.failures === 0, "no connection broke"],
    [answered === accepted.length + rejected.length, "all other requests get 503 or 429"],
    [load.wrongAnswers === 0, "no accepted request gets a wrong answer"],
    [load.withoutRetryAfter === 0, "every rejection has Retry-After"],
    [
      percentile(accepted, 99) <= boundMs,
      `p99 of accepted requests is within ${boundMs.toFixed(0)} ms: ${PLACES} places in the queue, times ${SLACK}`,
    ],
    [
      percentile(rejected, 50) <= SLACK * 2 * serviceMs,
      `the median of rejected requests is within ${(SLACK * 2 * serviceMs).toFixed(0)} ms: two inferences, times ${SLACK}`,
    ],
    [growth <= MAX_GROWTH_BYTES, `memory grew by ${toMB(growth)} MB`],
  ] as const;
  for (const [holds, what] of checks) console.log(`${holds ? "holds" : "FAILS"}: ${what}`);
  return checks.every(([holds]) => holds);
}

/** Sends the same photo repeatedly. */
async function send(
  url: string,
  body: Buffer,
  { seconds, connections, rate }: { seconds: number; connections: number; rate?: number },
): Promise<Observed> {
  const latencies = new Map<number, number[]>();
  let wrongAnswers = 0;
  let withoutRetryAfter = 0;
  const start = performance.now();
  const options: autocannon.Options = {
    url,
    connections,
    duration: seconds,
    timeout: 30,
    ...(rate === undefined ? {} : { overallRate: rate }),
    requests: [
      {
        method: "POST",
        headers: { "content-type": "image/jpeg" },
        body,
        onResponse: (status, text, _context, headers) => {
          if (status === 200) {
            if (JSON.parse(text).answer.label !== EXPECTED_LABEL) wrongAnswers++;
          } else if (!hasRetryAfter(headers)) withoutRetryAfter++;
        },
      },
    ],
  };
  const { errors, timeouts } = await new Promise<autocannon.Result>((resolve, reject) => {
    autocannon(options, (error, result) => (error ? reject(error) : resolve(result))).on(
      "response",
      (_client, status, _bytes, ms) => {
        const known = latencies.get(status) ?? [];
        latencies.set(status, known);
        known.push(ms);
      },
    );
  });
  return {
    latencies,
    wrongAnswers,
    withoutRetryAfter,
    failures: errors + timeouts,
    seconds: (performance.now() - start) / 1000,
  };
}

/** autocannon types the headers as an object, and does not change the case of their names. */
function hasRetryAfter(headers: object | undefined): boolean {
  return Object.keys(headers ?? {}).some((name) => name.toLowerCase() === "retry-after");
}

function latenciesOf({ latencies }: Observed, status: number): readonly number[] {
  return latencies.get(status) ?? [];
}

function summarise(latencies: readonly number[], seconds: number): string[] {
  return [
    String(latencies.length),
    (latencies.length / seconds).toFixed(1),
    percentile(latencies, 50).toFixed(0),
    percentile(latencies, 99).toFixed(0),
  ];
}

/** Uses the nearest rank; NaN if there are no values. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN;
}

function inUse({ objects, buffers }: IsolateHeap): number {
  return objects + buffers;
}

function toMB(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
