/**
 * `npm run load`: sends one isolate a mix of requests at several loads, each alone and beside clients that
 * upload slowly or hang up. Fails if these make good requests wait, if an answer is wrong, if an error has no
 * documented code, if more is refused than the load implies, or if memory grows. With `--capacity`, it measures
 * instead how much one isolate serves with each engine.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startDeployedWorker } from "../tools/deployed-worker.ts";
import { type IsolateHeap, readIsolateHeap } from "../tools/isolate-heap.ts";
import { type LocalWorker, seedLocalBucket } from "../tools/local-worker.ts";
import { type BadClientsReport, startBadClients } from "./load/bad-clients.ts";
import { checkLevels, formatBadClients, formatLevels, type Level } from "./load/checks.ts";
import { compareCapacity } from "./load/compare-capacity.ts";
import { readDocumentedCodes } from "./load/judge.ts";
import { makeMix } from "./load/mix.ts";
import { type Outcome, offer, saturate, sendEach, type Target } from "./load/offer.ts";
import { formatKinds, formatProblems, summarise } from "./load/summary.ts";

const USAGE = `Usage: npm run load -- [--percent N …] [--seconds N] [--one-address] [--capacity]

  --percent N    load in percent of the measured capacity; may be repeated (default: 50, 100 and 300)
  --seconds N    length of a turn; each load has four (default: 22)
  --one-address  all clients share one address, good and bad ones
  --capacity     only compares how many requests per second each engine serves`;

const { percents, seconds, oneAddress, capacityOnly } = readOptions();
const CALIBRATION_SECONDS = Math.min(15, seconds);
/** Enough for one request to be waiting at any time. */
const CALM_CONNECTIONS = 4;
/** Calm turns and turns with bad clients alternate, so that a change of the machine affects both. */
const ROUNDS = 2;
const SETTLE_MS = 3000;
const MAX_GROWTH_BYTES = 10e6;

await seedLocalBucket();
say("encoding the photos");
const load = { mix: await makeMix(), codes: await readDocumentedCodes(), oneAddress };
const isRight = capacityOnly
  ? await compareCapacity(load, { seconds: CALIBRATION_SECONDS, connections: CALM_CONNECTIONS })
  : await measureAlone();
process.exitCode = isRight ? 0 : 1;

async function measureAlone(): Promise<boolean> {
  const worker = await startDeployedWorker({
    inspect: true,
    settings: { RESULT_CACHE_SECONDS: "0" },
  });
  try {
    return await measure(worker);
  } finally {
    await worker.dispose();
  }
}

async function measure({ url, inspectorUrl }: LocalWorker): Promise<boolean> {
  if (!inspectorUrl) throw new Error("The Worker was started without an inspector.");
  const target = { ...load, url };
  // The first request of a kind loads models and decoders.
  const first = await sendEach(target);
  const problems = formatProblems(first);
  if (problems !== "") console.log(`Without any load:\n${problems}\n`);
  say(`${CALM_CONNECTIONS} connections for ${CALIBRATION_SECONDS} s`);
  const calibration = await saturate(target, {
    seconds: CALIBRATION_SECONDS,
    connections: CALM_CONNECTIONS,
  });
  const capacity = calibration.length / CALIBRATION_SECONDS;
  const before = await readIsolateHeap(inspectorUrl, url);
  const levels: Level[] = [];
  for (const percent of percents) levels.push(await measureLevel(target, percent, capacity));
  const after = await readIsolateHeap(inspectorUrl, url);
  return report(levels, capacity, inUse(after) - inUse(before), before);
}

async function measureLevel(target: Target, percent: number, capacity: number): Promise<Level> {
  const rate = (capacity * percent) / 100;
  const calm: Outcome[] = [];
  const beside: Outcome[] = [];
  let bad: BadClientsReport | undefined;
  const photoOf = (name: string) => {
    const body = target.mix.find((kind) => kind.name === name)?.request.body;
    if (!body) throw new Error(`The mix has no photo "${name}".`);
    return body;
  };
  for (let round = 1; round <= ROUNDS; round++) {
    say(`${percent} %, round ${round}: ${rate.toFixed(1)}/s for ${seconds} s, calm`);
    calm.push(...(await offer(target, { rate, seconds })));
    await sleep(SETTLE_MS);
    say(`${percent} %, round ${round}: ${rate.toFixed(1)}/s for ${seconds} s, beside bad clients`);
    const clients = startBadClients({
      ...target,
      largePhoto: photoOf("JPEG, 12 MP, baseline"),
      smallPhoto: photoOf("JPEG, small"),
    });
    beside.push(...(await offer(target, { rate, seconds })));
    bad = addReports(bad, await clients.stop());
    await sleep(SETTLE_MS);
  }
  if (!bad) throw new Error("There was no round.");
  return { percent, calm, beside, bad };
}

function addReports(a: BadClientsReport | undefined, b: BadClientsReport): BadClientsReport {
  if (!a) return b;
  const endings = new Map(a.endings);
  for (const [ending, count] of b.endings) endings.set(ending, (endings.get(ending) ?? 0) + count);
  return {
    slowUploads: a.slowUploads + b.slowUploads,
    dropped: a.dropped + b.dropped,
    untyped: a.untyped + b.untyped,
    endings,
  };
}

function report(
  levels: readonly Level[],
  capacity: number,
  growth: number,
  before: IsolateHeap,
): boolean {
  const all = levels.flatMap(({ calm, beside }) => [...calm, ...beside]);
  console.log(`Capacity: ${capacity.toFixed(1)} requests/s of the mix.\n`);
  console.log(`${formatLevels(levels)}\n\n${formatBadClients(levels)}\n`);
  console.log(`All loads together, by kind:\n\n${formatKinds(all)}\n`);
  const problems = formatProblems(all);
  if (problems !== "") console.log(`${problems}\n`);
  console.log(
    `Objects and buffers of the isolate: ${toMB(inUse(before))} MB before, ${toMB(inUse(before) + growth)} MB after.\n`,
  );
  const checks = [
    ...checkLevels(levels, capacity),
    { holds: growth <= MAX_GROWTH_BYTES, what: `memory grew by ${toMB(growth)} MB` },
  ];
  for (const { holds, what } of checks) console.log(`${holds ? "holds" : "FAILS"}: ${what}`);
  return checks.every(({ holds }) => holds) && summarise(all).requests > 0;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      percent: { type: "string", multiple: true, default: ["50", "100", "300"] },
      seconds: { type: "string", default: "22" },
      "one-address": { type: "boolean", default: false },
      capacity: { type: "boolean", default: false },
    },
  });
  // Both "--percent 50 --percent 100" and "--percent 50,100".
  const percents = values.percent.flatMap((text) => text.split(",")).map(Number);
  const seconds = Number(values.seconds);
  if (![...percents, seconds].every((value) => value > 0 && value <= 10_000)) {
    console.error(USAGE);
    process.exit(2);
  }
  return {
    percents,
    seconds,
    oneAddress: values["one-address"],
    capacityOnly: values.capacity,
  };
}

function inUse({ objects, buffers }: IsolateHeap): number {
  return objects + buffers;
}

function toMB(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function say(text: string): void {
  process.stderr.write(`${text} …\n`);
}
