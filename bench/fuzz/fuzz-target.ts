/** The Worker that is fuzzed: it is started again if a file stops it. */
import { setTimeout as sleep } from "node:timers/promises";
import { type LocalWorker, startLocalWorker } from "../../tools/local-worker.ts";
import { bigEndian, concat, EMPTY } from "./bytes.ts";
import type { FuzzOutcome } from "./fuzz-outcome.ts";
import {
  cpuMs,
  findDescendants,
  peakResidentBytes,
  resetPeak,
  residentBytes,
} from "./process-usage.ts";

/** An answer that takes longer never comes: the service refuses files that take a few seconds. */
const BATCH_TIMEOUT_MS = 120_000;
const FILE_TIMEOUT_MS = 30_000;
const DISPOSE_TIMEOUT_MS = 5000;

/** Two files of a format that are sound and different. */
export type SoundFiles = readonly [Uint8Array, Uint8Array];

/** There is no outcome of this file. */
export type Stopped = { readonly result: "hung" | "died"; readonly what: string };

export type FuzzResult = (FuzzOutcome | Stopped) & {
  /** What the process took, if the file was decoded alone: it was decoded twice, among sound ones. */
  readonly process?: { readonly grownBytes: number; readonly cpuMs: number };
};

export type FuzzTargetOptions = {
  /** Path of the Worker's main module. */
  readonly entrypoint?: string;
  readonly fileTimeoutMs?: number;
  readonly batchTimeoutMs?: number;
};

export class FuzzTarget {
  readonly #options: Required<FuzzTargetOptions>;
  #worker: LocalWorker | undefined;
  #processes: readonly number[] = [];

  constructor(options: FuzzTargetOptions = {}) {
    this.#options = {
      entrypoint: new URL("../fuzz-worker.ts", import.meta.url).pathname,
      fileTimeoutMs: FILE_TIMEOUT_MS,
      batchTimeoutMs: BATCH_TIMEOUT_MS,
      ...options,
    };
  }

  /**
   * Decodes files, one after another. A file that stops the Worker is found by decoding each alone.
   *
   * @param sound - files of the same format, which are decoded between the others
   */
  async decode(sound: SoundFiles, files: readonly Uint8Array[]): Promise<FuzzResult[]> {
    const outcomes = await this.#send("/fuzz", [...sound, ...files], this.#options.batchTimeoutMs);
    if (Array.isArray(outcomes)) return outcomes as FuzzOutcome[];
    const results: FuzzResult[] = [];
    for (const file of files) results.push(await this.decodeAlone(sound, file));
    return results;
  }

  /** Decodes one file, and measures the process meanwhile. */
  async decodeAlone(sound: SoundFiles, file: Uint8Array): Promise<FuzzResult> {
    const { value: outcomes, ...process } = await this.measure(() =>
      this.#send("/fuzz", [...sound, file], this.#options.fileTimeoutMs),
    );
    return Array.isArray(outcomes) ? { ...(outcomes[0] as FuzzOutcome), process } : outcomes;
  }

  /** Milliseconds of one decoding of each file, measured over many; empty if they stop the Worker. */
  async time(files: readonly Uint8Array[]): Promise<number[]> {
    const times = await this.#send("/time", [EMPTY, EMPTY, ...files], this.#options.batchTimeoutMs);
    return Array.isArray(times) ? (times as number[]) : [];
  }

  /** By how much the process grew at most during `action`, and how long it ran; 0 if not known. */
  async measure<T>(action: () => Promise<T>) {
    await this.#start();
    const processes = this.#processes;
    resetPeak(processes);
    const before = residentBytes(processes);
    const start = cpuMs(processes);
    const value = await action();
    const peak = peakResidentBytes(processes);
    // If the action stopped the process, there is nothing to read.
    const grownBytes = peak === undefined || before === undefined ? 0 : peak - before;
    return { value, grownBytes, cpuMs: Math.max(0, cpuMs(processes) - start) };
  }

  /** Ends the processes, so that the next file meets new ones. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    if (!worker) return;
    // A Worker that hangs does not end when it is asked to.
    for (const id of this.#processes) {
      try {
        process.kill(id, "SIGKILL");
      } catch {
        // It has ended.
      }
    }
    await Promise.race([worker.dispose().catch(() => {}), sleep(DISPOSE_TIMEOUT_MS)]);
  }

  async #start(): Promise<LocalWorker> {
    if (this.#worker) return this.#worker;
    const others = new Set(findDescendants("workerd"));
    const worker = await startLocalWorker({
      port: 0,
      logLevel: "none",
      watch: false,
      entrypoint: this.#options.entrypoint,
    });
    this.#worker = worker;
    // wrangler's proxy answers from a process that starts before that of the Worker.
    await fetch(new URL("/fuzz", worker.url), { method: "POST" });
    this.#processes = findDescendants("workerd").filter((id) => !others.has(id));
    return worker;
  }

  async #send(
    path: "/fuzz" | "/time",
    files: readonly Uint8Array[],
    timeoutMs: number,
  ): Promise<unknown[] | Stopped> {
    const { url } = await this.#start();
    const body = concat(files.flatMap((file) => [bigEndian(file.length, 4), file]));
    try {
      const response = await fetch(new URL(path, url), {
        method: "POST",
        body: Uint8Array.from(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (response.ok) return (await response.json()) as unknown[];
      const text = (await response.text()).slice(0, 500);
      await this.stop();
      return { result: "died", what: `The Worker answered ${response.status}: ${text}` };
    } catch (error) {
      await this.stop();
      if (error instanceof DOMException && error.name === "TimeoutError") {
        return { result: "hung", what: `No answer came within ${timeoutMs} ms.` };
      }
      return { result: "died", what: String(error) };
    }
  }
}
