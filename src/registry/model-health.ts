/** Which versions an isolate has found unusable. */
import type { ModelError } from "../errors.ts";

/** A version that cannot be used at present. */
export type BadModel = {
  /** `id@version` */
  readonly model: string;
  /** The name under which it was asked for. */
  readonly alias: string;
  readonly code: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
};

type Entry = BadModel & { readonly failures: number; readonly retryAt: number };

/** What is logged; one line of JSON each. */
export type WriteLog = (line: string) => void;

/** A version that goes on failing is tried ever more seldom, but once in a while. */
const MAX_RETRY_MS = 600_000;

/** The bad versions of one isolate. */
export class ModelHealth {
  readonly #retryMs: number;
  readonly #log: WriteLog;
  readonly #bad = new Map<string, Entry>();

  /**
   * @param retryMs - how long a version is left alone after its first failure; twice as long after each
   *   further one
   */
  constructor(retryMs: number, log: WriteLog) {
    this.#retryMs = retryMs;
    this.#log = log;
  }

  /** Whether a version has failed, and it is not yet time to try it again. */
  isBad(model: string): boolean {
    const entry = this.#bad.get(model);
    return entry !== undefined && Date.now() < entry.retryAt;
  }

  /** Remembers a failure, and logs the first. */
  markBad(model: string, alias: string, { code, message }: ModelError): void {
    const known = this.#bad.get(model);
    const failures = (known?.failures ?? 0) + 1;
    const retryMs = Math.min(this.#retryMs * 2 ** (failures - 1), MAX_RETRY_MS);
    const now = Date.now();
    const since = known?.since ?? new Date(now).toISOString();
    const bad = { model, alias, code, reason: message, since };
    this.#bad.set(model, { ...bad, failures, retryAt: now + retryMs });
    if (!known) this.#log(JSON.stringify({ level: "warn", event: "model-bad", ...bad }));
  }

  /** Forgets the failures of a version that works. */
  markGood(model: string): void {
    if (!this.#bad.delete(model)) return;
    this.#log(JSON.stringify({ level: "info", event: "model-recovered", model }));
  }

  /** The versions that failed when they were last tried, for whatever name. */
  list(): BadModel[] {
    return [...this.#bad.values()].map(({ failures: _, retryAt: __, ...bad }) => bad);
  }
}
