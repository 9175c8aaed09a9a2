import type { KeepAlive } from "./keep-alive.ts";
import { LOST_AFTER_MS } from "./turns.ts";

export type RefreshOptions = {
  /** How long a value is used before it is read again; 0 to read it every time, once for concurrent callers. */
  readonly ttlMs: number;
  /** How long after that the old value may be used while it is read again; unlimited if absent. */
  readonly maxStaleMs?: number;
  readonly keepAlive: KeepAlive;
  /** Called if a refresh fails; the old value stays in use. */
  readonly onError?: (error: unknown) => void;
};

/**
 * A cached value that is refreshed in the background (stale-while-revalidate): the first caller after the
 * TTL gets the old value and starts the refresh.
 */
export class Refreshed<Value> {
  readonly #read: () => Promise<Value>;
  readonly #options: RefreshOptions;
  #cached: { readonly value: Value; readonly at: number } | undefined;
  #shared: { readonly reading: Promise<Value>; readonly since: number } | undefined;
  #refreshingSince = Number.NEGATIVE_INFINITY;

  constructor(read: () => Promise<Value>, options: RefreshOptions) {
    this.#read = read;
    this.#options = options;
  }

  /** @throws whatever reading throws, if there is no value yet or it is too old */
  async get(): Promise<Value> {
    const { ttlMs, maxStaleMs = Number.POSITIVE_INFINITY } = this.#options;
    if (ttlMs === 0 || !this.#cached) return this.#readShared();
    const now = Date.now();
    if (now - this.#cached.at >= ttlMs + maxStaleMs) return this.#readShared();
    const due = now - this.#cached.at >= ttlMs && now - this.#refreshingSince >= LOST_AFTER_MS;
    if (due) this.#refresh(now);
    return this.#cached.value;
  }

  /** Concurrent callers share one read. A failed read is not kept. */
  #readShared(): Promise<Value> {
    const now = Date.now();
    if (this.#shared && now - this.#shared.since < LOST_AFTER_MS) return this.#shared.reading;
    const shared = { reading: this.#readNow(), since: now };
    this.#shared = shared;
    const forget = () => {
      if (this.#shared === shared) this.#shared = undefined;
    };
    this.#options.keepAlive(shared.reading.then(forget, forget));
    return shared.reading;
  }

  #refresh(now: number): void {
    this.#refreshingSince = now;
    const refresh = this.#readNow()
      .catch((error: unknown) => {
        // The next attempt comes after another TTL, not with every request.
        if (this.#cached) this.#cached = { ...this.#cached, at: Date.now() };
        this.#options.onError?.(error);
      })
      .finally(() => {
        this.#refreshingSince = Number.NEGATIVE_INFINITY;
      });
    this.#options.keepAlive(refresh);
  }

  async #readNow(): Promise<Value> {
    const value = await this.#read();
    this.#cached = { value, at: Date.now() };
    return value;
  }
}
