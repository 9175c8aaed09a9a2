import type { KeepAlive } from "./keep-alive.ts";

/**
 * Remembers the outcome of asynchronous work by key. Concurrent callers share one run; a failure is
 * forgotten, so that the next caller tries again.
 */
export class OncePerKey<Value> {
  readonly #running = new Map<string, Promise<Value>>();
  readonly #keepAlive: KeepAlive;

  constructor(keepAlive: KeepAlive) {
    this.#keepAlive = keepAlive;
  }

  /** The remembered or running work of `key`, or the one that `work` starts now. */
  get(key: string, work: () => Promise<Value>): Promise<Value> {
    const known = this.#running.get(key);
    if (known) return known;
    const started = work();
    this.#running.set(key, started);
    this.#keepAlive(started.catch(() => this.forget(key, started)));
    return started;
  }

  /** Whether the work of `key` is remembered or running. */
  has(key: string): boolean {
    return this.#running.has(key);
  }

  /** Forgets `key`; with `only`, unless something else has taken its place. */
  forget(key: string, only?: Promise<Value>): void {
    if (only === undefined || this.#running.get(key) === only) this.#running.delete(key);
  }
}
