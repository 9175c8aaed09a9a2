import type { KeepAlive } from "./keep-alive.ts";
import { LOST_AFTER_MS } from "./turns.ts";

type Entry<Value> = { readonly work: Promise<Value>; readonly since: number; isPending: boolean };

/**
 * Caches the results of asynchronous work by key, and drops the least recently used ones. Concurrent
 * callers share one run. Failures are not cached, so the next caller tries again.
 */
export class OncePerKey<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #maxKeys: number;
  readonly #keepAlive: KeepAlive;

  /** @param maxKeys - callers choose the keys, so their number must be limited */
  constructor(maxKeys: number, keepAlive: KeepAlive) {
    this.#maxKeys = maxKeys;
    this.#keepAlive = keepAlive;
  }

  /** Returns the cached or running work of `key`, or starts `work`. */
  get(key: string, work: () => Promise<Value>): Promise<Value> {
    const cached = this.#entries.get(key);
    if (!cached || isLost(cached)) return this.#start(key, work);
    // A Map keeps its insertion order: deleting and setting an entry makes it the most recent one.
    this.#entries.delete(key);
    this.#entries.set(key, cached);
    return cached.work;
  }

  /** Whether the work of `key` is cached or running. */
  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Removes `key`, so that its work is done again. */
  forget(key: string): void {
    this.#entries.delete(key);
  }

  #start(key: string, work: () => Promise<Value>): Promise<Value> {
    const entry = { work: work(), since: Date.now(), isPending: true };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxKeys) break;
      this.#entries.delete(oldest);
    }
    const end = () => {
      entry.isPending = false;
    };
    const fail = () => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    };
    this.#keepAlive(entry.work.then(end, fail));
    return entry.work;
  }
}

/** If workerd ended the request that started the work, the work never ends. */
function isLost({ isPending, since }: Entry<unknown>): boolean {
  return isPending && Date.now() - since > LOST_AFTER_MS;
}
