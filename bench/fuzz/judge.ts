/** Which outcomes are findings. */
import type { FuzzOutcome } from "./fuzz-outcome.ts";
import type { FuzzResult } from "./fuzz-target.ts";

/** A decoding may take so many times the median for the size of its file. */
const MAX_TIMES_MEDIAN = 20;
/** And so many times its own estimate, which is for a core of the machine in docs/security.md. */
const MAX_TIMES_ESTIMATE = 1.5;
/** The median is taken as at least this: below it, the noise of a busy machine would be a finding. */
const MIN_MEDIAN_MS = 0.5;
/** How much the process may grow beyond twice what a file is estimated at, because it is decoded twice. */
const MAX_PROCESS_GROWTH = 64e6;
/** If the process grows by more during a batch, each of its files is decoded alone. */
export const SUSPICIOUS_GROWTH = 100e6;

export type FindingKind =
  | "crashed"
  | "hung"
  | "died"
  | "slow"
  | "memory"
  | "process memory"
  | "not repeatable"
  | "spoils the next";

/** What reading a header may allocate in any case: tables of codes, and buffers of a fixed size. */
const HEADER_BYTES = 64 * 1024;

export type Verdict = { readonly kind: FindingKind; readonly detail: string };

/** The usual time per byte: the median. */
export function medianRate(times: readonly { readonly bytes: number; readonly ms: number }[]) {
  const rates = times.map(({ bytes, ms }) => ms / bytes).sort((a, b) => a - b);
  return rates[rates.length >> 1] ?? 0;
}

/** What is wrong with an outcome: nothing if the list is empty. */
export function judge(result: FuzzResult, fileBytes: number, msPerByte: number): Verdict[] {
  if (!("ms" in result)) return [{ kind: result.result, detail: result.what }];
  const { what, peakBytes, estimated, again, spoiled } = result;
  const { grownBytes = 0, cpuMs = Number.POSITIVE_INFINITY } = result.process ?? {};
  // On a busy machine, time passes while nothing is decoded.
  const ms = Math.min(result.ms, cpuMs / 2);
  const verdicts: Verdict[] = [];
  const add = (kind: FindingKind, detail: string) => verdicts.push({ kind, detail });
  if (result.result === "crashed") add("crashed", what);
  const maxMs = allowedMs(fileBytes, msPerByte, estimated);
  if (ms > maxMs) {
    add(
      "slow",
      `${ms.toFixed(1)} ms for ${fileBytes} bytes, at most ${maxMs.toFixed(1)} (${what})`,
    );
  }
  // A file whose header is not readable may take what is allocated in order to find that out.
  const maxBytes = estimated?.bytes ?? Math.max(fileBytes, HEADER_BYTES);
  if (peakBytes > maxBytes) {
    add("memory", `${peakBytes} bytes, estimated at ${Math.round(maxBytes)} (${what})`);
  }
  if (grownBytes > 2 * maxBytes + MAX_PROCESS_GROWTH) {
    add("process memory", `the process grew by ${(grownBytes / 1e6).toFixed(0)} MB (${what})`);
  }
  if (again !== undefined) add("not repeatable", `first ${result.result}: ${what}; then ${again}`);
  if (spoiled !== undefined) add("spoils the next", `a sound file is then ${spoiled}`);
  return verdicts;
}

function allowedMs(
  fileBytes: number,
  msPerByte: number,
  estimated: FuzzOutcome["estimated"],
): number {
  const median = Math.max(MIN_MEDIAN_MS, msPerByte * fileBytes);
  return Math.max(MAX_TIMES_ESTIMATE * (estimated?.ms ?? 0), MAX_TIMES_MEDIAN * median);
}
