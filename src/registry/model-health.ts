/** The versions that an isolate has found unusable. */
import type { ModelError } from "../errors.ts";
import { describeError, type Log } from "../log.ts";

/** A version that failed when it was last tried. */
export type BadModel = {
  /** `id@version` */
  readonly model: string;
  /** The name that the caller asked for. */
  readonly alias: string;
  readonly code: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
};

type Entry = {
  readonly bad: BadModel;
  readonly error: ModelError;
  readonly failures: number;
  readonly retryAt: number;
};

/** A version that keeps failing is tried less and less often, but at least at this interval. */
const MAX_RETRY_MS = 600_000;
/** The oldest are forgotten. Callers can name every published version. */
const MAX_ENTRIES = 256;

export class ModelHealth {
  readonly #retryMs: number;
  readonly #log: Log;
  readonly #bad = new Map<string, Entry>();

  /**
   * @param retryMs - how long a version is not tried after its first failure; doubles with each further
   *   failure
   */
  constructor(retryMs: number, log: Log) {
    this.#retryMs = retryMs;
    this.#log = log;
  }

  /** Whether a version has failed and must not be tried again yet. */
  isBad(model: string): boolean {
    return this.findFailure(model) !== undefined;
  }

  /** Whether a version failed when it was last tried. */
  hasFailed(model: string): boolean {
    return this.#bad.has(model);
  }

  /** Returns the failure because of which a version must not be tried again yet. */
  findFailure(model: string): ModelError | undefined {
    const entry = this.#bad.get(model);
    return entry && Date.now() < entry.retryAt ? entry.error : undefined;
  }

  /**
   * Records a failure, and logs the first one. Failures before the time of the next attempt, if nothing
   * else works, count as one: otherwise some seconds without R2 would block a version for minutes.
   */
  markBad(model: string, alias: string, error: ModelError): void {
    const known = this.#bad.get(model);
    const now = Date.now();
    const since = known?.bad.since ?? new Date(now).toISOString();
    const bad = { model, alias, code: error.code, reason: error.message, since };
    const isEarly = known !== undefined && now < known.retryAt;
    const failures = isEarly ? known.failures : (known?.failures ?? 0) + 1;
    const retryMs = Math.min(this.#retryMs * 2 ** (failures - 1), MAX_RETRY_MS);
    const retryAt = isEarly ? known.retryAt : now + retryMs;
    this.#bad.set(model, { bad, error, failures, retryAt });
    for (const oldest of this.#bad.keys()) {
      if (this.#bad.size <= MAX_ENTRIES) break;
      this.#bad.delete(oldest);
    }
    if (!known) this.#log("warn", "model-bad", { ...bad, ...describeError(error) });
  }

  /** Clears the failures of a version that works again. */
  markGood(model: string): void {
    if (!this.#bad.delete(model)) return;
    this.#log("info", "model-recovered", { model });
  }

  /** Lists the versions that failed when they were last tried. */
  list(): BadModel[] {
    return [...this.#bad.values()].map(({ bad }) => bad);
  }
}
