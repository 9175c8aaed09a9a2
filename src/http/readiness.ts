/** Whether the default model answers: checked seldom, and by one request for all. */
import type { RequestTrace } from "../classification/request-trace.ts";
import type { KeepAlive } from "../concurrency/keep-alive.ts";
import { LOST_AFTER_MS, sleep } from "../concurrency/turns.ts";
import { AppError } from "../errors.ts";
import { type VersionRef, versionName } from "../models/version-ref.ts";
import type { ModelCatalog } from "../registry/model-catalog.ts";
import type { NetworkLoader } from "../registry/network-loader.ts";
import type { Versions } from "../registry/versions.ts";

/** What a check found: the version that answers, or why none does. */
export type Readiness = { readonly model: VersionRef } | { readonly error: unknown };

export type ReadinessParts = {
  readonly catalog: ModelCatalog;
  readonly versions: Versions;
  readonly networks: NetworkLoader;
  readonly queue: { readonly length: number };
  readonly keepAlive: KeepAlive;
};

/** How long an outcome is remembered. */
const TTL_MS = 5_000;
/** How long a version that has classified an image needs no check, and an outcome counts while images wait. */
const PROVEN_MS = 30_000;
const POLL_MS = 10;
/** How long a request waits for the check of another one. */
const MAX_WAIT_MS = 10_000;
/** Picks the arm that is checked; any constant works. */
const KEY = "health";

/**
 * Checks at most every few seconds, so that health requests cost next to nothing, however many there are. While
 * images are classified, the remembered outcome counts longer, so that no check waits among them.
 */
export class ReadinessCheck {
  readonly #parts: ReadinessParts;
  /** When each version last classified an image, by `id@version`. */
  readonly #provenAt = new Map<string, number>();
  #last: { readonly outcome: Readiness; readonly at: number } | undefined;
  #startedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: ReadinessParts) {
    this.#parts = parts;
  }

  /** Notes which versions a request has run, and which failed. */
  note({ classifications, failedModels }: RequestTrace): void {
    for (const { model, cached } of classifications) {
      if (cached) continue;
      this.#provenAt.set(model, Date.now());
      if (this.#last && "error" in this.#last.outcome) this.#last = undefined;
    }
    for (const model of failedModels) {
      this.#provenAt.delete(model);
      if (this.#remembers(model)) this.#last = undefined;
    }
  }

  /** Returns the remembered outcome, or checks. */
  async get(): Promise<Readiness> {
    const begin = Date.now();
    while (!this.#isFresh()) {
      if (Date.now() - this.#startedAt > LOST_AFTER_MS) return this.#check();
      // Each request polls with its own timers: see src/concurrency/admission-queue.ts.
      if (Date.now() - begin > MAX_WAIT_MS)
        return this.#last?.outcome ?? { error: stillChecking() };
      await sleep(POLL_MS);
    }
    return this.#last?.outcome as Readiness;
  }

  #isFresh(): boolean {
    if (!this.#last) return false;
    const isBusy = this.#parts.queue.length > 0;
    return Date.now() - this.#last.at < (isBusy ? PROVEN_MS : TTL_MS);
  }

  #remembers(version: string): boolean {
    const outcome = this.#last?.outcome;
    return outcome !== undefined && "model" in outcome && versionName(outcome.model) === version;
  }

  #check(): Promise<Readiness> {
    this.#startedAt = Date.now();
    const outcome = this.#findOutcome()
      .catch((error: unknown) => ({ error }))
      .then((outcome) => {
        this.#last = { outcome, at: Date.now() };
        return outcome;
      })
      .finally(() => {
        this.#startedAt = Number.NEGATIVE_INFINITY;
      });
    // Other requests wait for this check, even if the caller disconnects.
    this.#parts.keepAlive(outcome);
    return outcome;
  }

  async #findOutcome(): Promise<Readiness> {
    const { catalog, versions, networks } = this.#parts;
    const candidates = await catalog.candidates(undefined);
    const { value: model } = await versions.use(candidates, KEY, async (candidate) => {
      if (!this.#isProven(versionName(candidate.manifest))) await networks.check(candidate);
      return candidate;
    });
    const { id, version } = model.manifest;
    return { model: { id, version } };
  }

  #isProven(version: string): boolean {
    return Date.now() - (this.#provenAt.get(version) ?? Number.NEGATIVE_INFINITY) < PROVEN_MS;
  }
}

function stillChecking(): AppError {
  return new AppError(
    "OVERLOADED",
    "The default model is still being checked. Try again after the number of seconds in Retry-After.",
  );
}
