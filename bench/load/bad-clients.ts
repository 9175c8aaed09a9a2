/** Clients that upload slowly, never finish, or hang up. They send beside the load. */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { judge } from "./judge.ts";

export type BadClientsReport = {
  slowUploads: number;
  dropped: number;
  /** What the slow uploads got: statuses, or how the connection ended. */
  readonly endings: Map<string, number>;
  /** Responses that have no documented code. */
  untyped: number;
};

export type BadClients = { stop(): Promise<BadClientsReport> };

export type BadClientsOptions = {
  readonly url: URL;
  /** A photo of some megabytes, for the uploads that never finish. */
  readonly largePhoto: Buffer;
  readonly smallPhoto: Buffer;
  readonly codes: ReadonlySet<string>;
  readonly oneAddress: boolean;
};

/** Half of them send slowly; the others stop before the last byte. */
const SLOW_CONNECTIONS = 8;
const SLOW_BYTES_PER_SECOND = 4096;
/** What a slow upload claims to have. */
const SLOW_BODY_BYTES = 10_000_000;
/** Longer than the Worker waits for a body. */
const GIVE_UP_MS = 40_000;
const REOPEN_MS = 250;
const DROPS_PER_SECOND = 10;
/** Of every 10 dropped connections; the others have sent the whole body. */
const DROPPED_EARLY = 6;
/** These requests take the Worker's time until it notices. */
export const DROPPED_LATE_PER_SECOND = (DROPS_PER_SECOND * (10 - DROPPED_EARLY)) / 10;
const DROP_AFTER_MS = { min: 20, max: 140 };

/** Starts them. */
export function startBadClients(options: BadClientsOptions): BadClients {
  const stopping = new AbortController();
  const report: BadClientsReport = { slowUploads: 0, dropped: 0, endings: new Map(), untyped: 0 };
  const slow = Array.from({ length: SLOW_CONNECTIONS }, (_, i) =>
    repeatSlowUpload(i, options, report, stopping.signal),
  );
  const drops = repeatDrops(options, report, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await Promise.all([...slow, drops]);
      return report;
    },
  };
}

async function repeatSlowUpload(
  index: number,
  options: BadClientsOptions,
  report: BadClientsReport,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    report.slowUploads++;
    const text = await uploadSlowly(index, options, stop);
    if (stop.aborted) return;
    const ending = text === "" ? "closed without a response" : text.slice(9, 12);
    report.endings.set(ending, (report.endings.get(ending) ?? 0) + 1);
    if (text !== "" && !isTyped(text, options.codes)) report.untyped++;
    await sleep(REOPEN_MS);
  }
}

/** @returns the response, as far as it came */
function uploadSlowly(
  index: number,
  options: BadClientsOptions,
  stop: AbortSignal,
): Promise<string> {
  const never = index % 2 === 0;
  const length = never ? options.largePhoto.length : SLOW_BODY_BYTES;
  const socket = open(options, `203.0.113.${index + 1}`, length);
  if (never) socket.write(options.largePhoto.subarray(0, -1));
  const piece = Buffer.alloc(SLOW_BYTES_PER_SECOND / 4, 1);
  const trickle = never ? undefined : setInterval(() => socket.write(piece), 250);
  const close = () => socket.destroy();
  const timer = setTimeout(close, GIVE_UP_MS);
  stop.addEventListener("abort", close);
  return new Promise((resolve) => {
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString();
    });
    socket.on("close", () => {
      clearInterval(trickle);
      clearTimeout(timer);
      stop.removeEventListener("abort", close);
      resolve(text);
    });
  });
}

async function repeatDrops(
  options: BadClientsOptions,
  report: BadClientsReport,
  stop: AbortSignal,
): Promise<void> {
  const { min, max } = DROP_AFTER_MS;
  for (let i = 0; !stop.aborted; i++) {
    const early = i % 10 < DROPPED_EARLY;
    const { smallPhoto } = options;
    const socket = open(options, `198.51.100.${1 + (i % 200)}`, smallPhoto.length);
    socket.write(early ? smallPhoto.subarray(0, smallPhoto.length >> 1) : smallPhoto);
    setTimeout(() => socket.resetAndDestroy(), min + ((i * 37) % (max - min + 1)));
    report.dropped++;
    await sleep(1000 / DROPS_PER_SECOND);
  }
}

function open({ url, oneAddress }: BadClientsOptions, address: string, length: number): Socket {
  const socket = connect(Number(url.port), url.hostname);
  // Whatever ends the connection, "close" follows.
  socket.on("error", () => {});
  const lines = [
    "POST /classify?topK=1 HTTP/1.1",
    `Host: ${url.host}`,
    `CF-Connecting-IP: ${oneAddress ? "192.0.2.1" : address}`,
    "Content-Type: image/jpeg",
    `Content-Length: ${length}`,
    "Connection: close",
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  return socket;
}

/** Whether a response, with its headers, is an error with a documented code. */
function isTyped(text: string, codes: ReadonlySet<string>): boolean {
  const [head = "", body = ""] = text.split("\r\n\r\n", 2);
  // Chunked bodies have a length before the JSON.
  const json = body.slice(body.indexOf("{"), body.lastIndexOf("}") + 1);
  const retryAfter = /^retry-after:/im.test(head);
  const reply = { status: Number(head.slice(9, 12)), retryAfter, text: json, bytesSent: 0 };
  const verdict = judge(reply, () => undefined, codes);
  return verdict.is !== "untyped";
}
