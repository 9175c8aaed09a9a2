/** The versions that an isolate has found unusable. */
import type { ModelError } from "../errors.ts";
import type { Log } from "../log.ts";

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

type Entry = BadModel & { readonly failures: number; readonly retryAt: number };

/** A version that keeps failing is tried less and less often, but at least at this interval. */
const MAX_RETRY_MS = 600_000;

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
    const entry = this.#bad.get(model);
    return entry !== undefined && Date.now() < entry.retryAt;
  }

  /** Records a failure, and logs the first one. */
  markBad(model: string, alias: string, { code, message }: ModelError): void {
    const known = this.#bad.get(model);
    const failures = (known?.failures ?? 0) + 1;
    const retryMs = Math.min(this.#retryMs * 2 ** (failures - 1), MAX_RETRY_MS);
    const now = Date.now();
    const since = known?.since ?? new Date(now).toISOString();
    const bad = { model, alias, code, reason: message, since };
    this.#bad.set(model, { ...bad, failures, retryAt: now + retryMs });
    if (!known) this.#log("warn", "model-bad", bad);
  }

  /** Clears the failures of a version that works again. */
  markGood(model: string): void {
    if (!this.#bad.delete(model)) return;
    this.#log("info", "model-recovered", { model });
  }

  /** Lists the versions that failed when they were last tried. */
  list(): BadModel[] {
    return [...this.#bad.values()].map(({ failures: _, retryAt: __, ...bad }) => bad);
  }
}
