import type { KeepAlive } from "./keep-alive.ts";

/**
 * Caches the results of asynchronous work by key. Concurrent callers share one run. Failures are not
 * cached, so the next caller tries again.
 */
export class OncePerKey<Value> {
  readonly #results = new Map<string, Promise<Value>>();
  readonly #keepAlive: KeepAlive;

  constructor(keepAlive: KeepAlive) {
    this.#keepAlive = keepAlive;
  }

  /** Returns the cached or running work of `key`, or starts `work`. */
  get(key: string, work: () => Promise<Value>): Promise<Value> {
    const cached = this.#results.get(key);
    if (cached) return cached;
    const started = work();
    this.#results.set(key, started);
    this.#keepAlive(started.catch(() => this.forget(key, started)));
    return started;
  }

  /** Whether the work of `key` is cached or running. */
  has(key: string): boolean {
    return this.#results.has(key);
  }

  /** Removes `key`. If `only` is given, removes it only if that is still the cached work. */
  forget(key: string, only?: Promise<Value>): void {
    if (only === undefined || this.#results.get(key) === only) this.#results.delete(key);
  }
}
