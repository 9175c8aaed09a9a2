import type { KeepAlive } from "../inference/once.ts";

/** How a value is kept fresh. */
export type RefreshOptions = {
  /** How long a value is trusted before it is read again; 0 for not at all. */
  readonly ttlMs: number;
  readonly keepAlive: KeepAlive;
  /** Told of a failed refresh: the value known so far goes on to serve. */
  readonly onError?: (error: unknown) => void;
};

/** After that long a refresh was lost with the request that began it. */
const LOST_AFTER_MS = 30_000;

/**
 * A value that is read again from time to time, without anybody waiting for it: whoever comes after
 * the value's time gets it once more, and sets off the refresh.
 */
export class Refreshed<Value> {
  readonly #read: () => Promise<Value>;
  readonly #options: RefreshOptions;
  #known: { readonly value: Value; readonly at: number } | undefined;
  #first: Promise<Value> | undefined;
  #refreshingSince = Number.NEGATIVE_INFINITY;

  constructor(read: () => Promise<Value>, options: RefreshOptions) {
    this.#read = read;
    this.#options = options;
  }

  /** @throws what reading throws, where no value is known yet or none is trusted */
  async get(): Promise<Value> {
    const { ttlMs } = this.#options;
    if (ttlMs === 0) return this.#read();
    if (!this.#known) return this.#readFirst();
    const now = Date.now();
    const due = now - this.#known.at >= ttlMs && now - this.#refreshingSince >= LOST_AFTER_MS;
    if (due) this.#refresh(now);
    return this.#known.value;
  }

  /** Those who come before there is a value share one reading; a failed one is forgotten. */
  #readFirst(): Promise<Value> {
    if (this.#first) return this.#first;
    const first = this.#readNow();
    this.#first = first;
    const forget = () => {
      if (this.#first === first) this.#first = undefined;
    };
    this.#options.keepAlive(first.then(forget, forget));
    return first;
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
