import { AppError } from "../errors.ts";
import type { KeepAlive } from "../inference/once.ts";

/** How a piece of work is admitted. */
export type Admission = {
  /** Whether its request has been admitted already, so that it waits however many are waiting. */
  readonly admitted?: boolean;
};

/** A place in the line, or at its head. */
type Turn = { since: number };

/** No turn takes longer, loading a model included. */
const LOST_AFTER_MS = 30_000;
/** How often the next in line looks whether it is its turn; those behind it look less often. */
const POLL_MS = 2;
/** Who comes later after a turn than this finds the event loop idle, and need not let others in first. */
const RECENT_MS = 5;
/** A request is read in steps, and each takes a turn of the event loop. */
const YIELDS = 5;

/**
 * Lets one image at a time be decoded and classified, and a bounded number wait for it. Two images at
 * once would need twice the memory for no gain on one thread; an unbounded line would answer everyone
 * too late.
 *
 * Those who wait look for themselves whether it is their turn, by timers of their own requests. In
 * workerd a promise that another request resolves is continued on behalf of that one, or not at all
 * once it has ended: a chain of promises through all requests would stand still some time after the
 * request that began it was answered.
 */
export class AdmissionQueue {
  readonly #maxWaiting: number;
  readonly #keepAlive: KeepAlive;
  readonly #waiting: Turn[] = [];
  #current: Turn | undefined;
  #endedAt = Number.NEGATIVE_INFINITY;

  constructor(maxWaiting: number, keepAlive: KeepAlive) {
    this.#maxWaiting = maxWaiting;
    this.#keepAlive = keepAlive;
  }

  /** Images being classified or waiting. */
  get length(): number {
    return this.#waiting.length + (this.#current ? 1 : 0);
  }

  /**
   * Runs `work` when its turn comes.
   *
   * @throws AppError OVERLOADED at once where the line is full
   */
  async run<Value>(
    work: () => Promise<Value>,
    { admitted = false }: Admission = {},
  ): Promise<Value> {
    this.#passOverLost();
    if (!admitted && this.length > this.#maxWaiting) throw overloaded(this.length);
    const result = this.#runInTurn(work);
    // A caller who hangs up in the middle of a turn must not stop those behind.
    this.#keepAlive(result.catch(() => {}));
    return result;
  }

  async #runInTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn: Turn = { since: Date.now() };
    if (this.#current) await this.#waitFor(turn);
    else this.#current = turn;
    try {
      if (Date.now() - this.#endedAt < RECENT_MS) await yieldToEventLoop();
      return await work();
    } finally {
      this.#end(turn);
    }
  }

  async #waitFor(turn: Turn): Promise<void> {
    this.#waiting.push(turn);
    for (;;) {
      const ahead = this.#waiting.indexOf(turn);
      if (ahead < 0) return;
      await sleep(POLL_MS * (1 + ahead));
      this.#passOverLost();
    }
  }

  #end(turn: Turn): void {
    // Unless it was taken for lost.
    if (this.#current !== turn) return;
    this.#endedAt = Date.now();
    this.#current = this.#waiting.shift();
    if (this.#current) this.#current.since = this.#endedAt;
  }

  /** A request that workerd ended in the middle of its turn can no longer call the next. */
  #passOverLost(): void {
    const current = this.#current;
    if (current && Date.now() - current.since > LOST_AFTER_MS) this.#end(current);
  }
}

/**
 * Lets arrivals be read and answers be sent between two turns. Otherwise each would begin in the
 * microtask that ended the one before: a full line would be worked off before anyone is heard, and
 * those who come meanwhile would wait for all of it instead of being refused.
 */
async function yieldToEventLoop(): Promise<void> {
  for (let i = 0; i < YIELDS; i++) await sleep(0);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function overloaded(waiting: number): AppError {
  return new AppError(
    "OVERLOADED",
    `${waiting} images are waiting already, which is as many as are served in good time. Try again after the seconds that Retry-After names.`,
    { details: { waiting } },
  );
}
