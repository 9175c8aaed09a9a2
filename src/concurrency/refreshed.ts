import type { KeepAlive } from "./keep-alive.ts";
import { LOST_AFTER_MS } from "./turns.ts";

/** How a value is kept fresh. */
export type RefreshOptions = {
  /** How long a value is trusted before it is read again; 0 for not at all. */
  readonly ttlMs: number;
  /** How long past that a value still serves while it is read again; without a limit if absent. */
  readonly maxStaleMs?: number;
  readonly keepAlive: KeepAlive;
  /** Told of a failed refresh: the value known so far goes on to serve. */
  readonly onError?: (error: unknown) => void;
};

/**
 * A value that is read again from time to time, without anybody waiting for it: whoever comes after
 * the value's time gets it once more, and sets off the refresh.
 */
export class Refreshed<Value> {
  readonly #read: () => Promise<Value>;
  readonly #options: RefreshOptions;
  #known: { readonly value: Value; readonly at: number } | undefined;
  #shared: Promise<Value> | undefined;
  #refreshingSince = Number.NEGATIVE_INFINITY;

  constructor(read: () => Promise<Value>, options: RefreshOptions) {
    this.#read = read;
    this.#options = options;
  }

  /** @throws what reading throws, where no value is known yet or none is trusted */
  async get(): Promise<Value> {
    const { ttlMs, maxStaleMs = Number.POSITIVE_INFINITY } = this.#options;
    if (ttlMs === 0) return this.#read();
    if (!this.#known) return this.#readShared();
    const now = Date.now();
    if (now - this.#known.at >= ttlMs + maxStaleMs) return this.#readShared();
    const due = now - this.#known.at >= ttlMs && now - this.#refreshingSince >= LOST_AFTER_MS;
    if (due) this.#refresh(now);
    return this.#known.value;
  }

  /** Callers that need a value at the same time share one reading; a failed one is forgotten. */
  #readShared(): Promise<Value> {
    if (this.#shared) return this.#shared;
    const shared = this.#readNow();
    this.#shared = shared;
    const forget = () => {
      if (this.#shared === shared) this.#shared = undefined;
    };
    this.#options.keepAlive(shared.then(forget, forget));
    return shared;
  }

  #refresh(now: number): void {
    this.#refreshingSince = now;
    const refresh = this.#readNow()
      .catch((error: unknown) => {
        // Tried again after another while, not with every request.
        if (this.#known) this.#known = { ...this.#known, at: Date.now() };
        this.#options.onError?.(error);
      })
      .finally(() => {
        this.#refreshingSince = Number.NEGATIVE_INFINITY;
      });
    this.#options.keepAlive(refresh);
  }

  async #readNow(): Promise<Value> {
    const value = await this.#read();
    this.#known = { value, at: Date.now() };
    return value;
  }
}
