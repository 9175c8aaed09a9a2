/** What one request costs an otherwise idle Worker. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Outgoing, type Reply, sendRequest } from "../send-request.ts";
import { MAX_GROWTH_BYTES } from "./bound.ts";
import { readCat } from "./images/photo.ts";
import { listWorkerdPids, readCpuMs, readResidentBytes } from "./process-usage.ts";

/** A running Worker and the process that it runs in. */
export type Subject = { readonly url: URL; readonly pid: number };

export type Measured = {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Growth of the resident memory while the request ran. */
  readonly growthBytes: number;
  readonly bytesSent: number;
  /** "stopped" if it took too long, took too much memory, or ended the process. */
  readonly outcome: "accepted" | "refused" | "stopped";
  /** Status and code, or why it was stopped. */
  readonly detail: string;
};

const WATCH_MS = 50;
/** A Worker that neither answers nor works hangs. */
const MAX_WALL_MS = 120_000;
/** After this much calm, a request has no effect any more. */
const CALM_MS = 60;
const CALM_CPU_MS = 10;
const MAX_WAIT_MS = 30_000;
/** Shorter requests are repeated, because CPU time is counted in steps of 10 ms. */
const REPEAT_BELOW_MS = 100;
const REPEATS = 5;

/** Finds the process of a Worker: the one that works if the Worker does. Also warms it up. */
export async function findSubject(url: URL): Promise<Subject> {
  // wrangler starts the process of the Worker during the first request, if not before.
  await classifyCat(url, 1);
  const pids = await listWorkerdPids();
  const before = await Promise.all(pids.map(readCpuMs));
  await classifyCat(url, 8);
  const after = await Promise.all(pids.map(readCpuMs));
  const spent = pids.map((pid, i) => ({ pid, ms: (after[i] ?? 0) - (before[i] ?? 0) }));
  const [most] = spent.sort((a, b) => b.ms - a.ms);
  if (!most || most.ms === 0) throw new Error("No workerd process is a child of this one.");
  return { url, pid: most.pid };
}

async function classifyCat(url: URL, times: number): Promise<void> {
  const request = await catRequest();
  for (let i = 0; i < times; i++) {
    const reply = await sendRequest(url, request, { timeoutMs: MAX_WALL_MS, address: "192.0.2.1" });
    if (reply instanceof Error) throw reply;
    if (reply.status !== 200) throw new Error(`The photo was not classified: ${reply.text}`);
  }
}

/** Milliseconds of CPU time for a classification of examples/cat.jpg: the median of some. */
export async function measureCat(subject: Subject): Promise<number> {
  const request = await catRequest();
  const times: number[] = [];
  for (let i = 0; i < 7; i++) {
    const { cpuMs, outcome, detail } = await measureRequest(subject, request, MAX_WALL_MS);
    if (outcome !== "accepted") throw new Error(`The photo was not classified: ${detail}`);
    times.push(cpuMs);
  }
  return times.sort((a, b) => a - b)[3] as number;
}

/** Sends a request, several times if it is cheap. */
export async function measureRequest(
  subject: Subject,
  request: Outgoing,
  stopCpuMs: number,
): Promise<Measured> {
  const once = await measureOnce(subject, request, 1, stopCpuMs);
  if (once.outcome === "stopped" || once.cpuMs >= REPEAT_BELOW_MS) return once;
  return measureOnce(subject, request, REPEATS, stopCpuMs);
}

async function measureOnce(
  { url, pid }: Subject,
  request: Outgoing,
  times: number,
  stopCpuMs: number,
): Promise<Measured> {
  await waitUntilCalm(pid);
  const cpuBefore = await readCpuMs(pid);
  const watch = watchProcess(pid, cpuBefore + stopCpuMs);
  const start = performance.now();
  let reply: Reply | Error = new Error("nothing was sent");
  for (let i = 0; i < times; i++) {
    const sent = sendRequest(url, request, { timeoutMs: MAX_WALL_MS, address: "192.0.2.1" });
    reply = await Promise.race([sent, watch.exceeded]);
    if (reply instanceof Error) break;
  }
  const wallMs = (performance.now() - start) / times;
  const growthBytes = watch.stop();
  if (!(reply instanceof Error)) await waitUntilCalm(pid);
  const cpuAfter = await readCpuMs(pid);
  const cpuMs = Math.max(0, cpuAfter - cpuBefore) / times;
  return { cpuMs, wallMs, growthBytes, ...judge(reply, request, cpuAfter > 0) };
}

/** A request has been accepted if it got data, even if some field of it failed. */
function judge(
  reply: Reply | Error,
  request: Outgoing,
  isAlive: boolean,
): Pick<Measured, "bytesSent" | "outcome" | "detail"> {
  if (reply instanceof Error) {
    // workerd closes a connection whose headers are too long.
    const isClosed =
      isAlive && "code" in reply && /^(?:EPIPE|ECONNRESET)$/.test(String(reply.code));
    const outcome = isClosed ? "refused" : "stopped";
    return { bytesSent: estimateLength(request), outcome, detail: reply.message };
  }
  const { status, text, bytesSent } = reply;
  const code = /"code":"(\w+)"/.exec(text)?.[1];
  const nothing = /"errors":/.test(text) && !/"data":\s*\{/.test(text);
  return {
    bytesSent,
    outcome: status >= 200 && status < 300 && !nothing ? "accepted" : "refused",
    detail: code === undefined ? String(status) : `${status} ${code}`,
  };
}

/** Without the headers that Node adds. */
function estimateLength({ path, headers, body }: Outgoing): number {
  const lines = Object.entries(headers).map(([name, value]) => name.length + value.length + 4);
  return path.length + lines.reduce((a, b) => a + b, 0) + (body?.length ?? 0);
}

/** @param maxCpuMs - of the process since its start */
function watchProcess(
  pid: number,
  maxCpuMs: number,
): { readonly exceeded: Promise<Error>; stop(): number } {
  let start: number | undefined;
  let growth = 0;
  let timer: NodeJS.Timeout | undefined;
  const exceeded = new Promise<Error>((resolve) => {
    timer = setInterval(async () => {
      const resident = await readResidentBytes(pid);
      start ??= resident;
      growth = Math.max(growth, resident - start);
      if (growth > MAX_GROWTH_BYTES) resolve(new Error("took too much memory"));
      if ((await readCpuMs(pid)) > maxCpuMs) resolve(new Error("took too long"));
    }, WATCH_MS);
  });
  return {
    exceeded,
    stop() {
      clearInterval(timer);
      return growth;
    },
  };
}

/** Work that a request leaves behind belongs to it. */
async function waitUntilCalm(pid: number): Promise<void> {
  const end = performance.now() + MAX_WAIT_MS;
  let last = await readCpuMs(pid);
  while (performance.now() < end) {
    await sleep(CALM_MS);
    const now = await readCpuMs(pid);
    if (now - last < CALM_CPU_MS) return;
    last = now;
  }
}

async function catRequest(): Promise<Outgoing> {
  return { method: "POST", path: "/classify", headers: {}, body: await readCat() };
}
