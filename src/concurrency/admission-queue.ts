import { AppError } from "../errors.ts";
import type { KeepAlive } from "./keep-alive.ts";
import { LOST_AFTER_MS, sleep, yieldTurns } from "./turns.ts";

/** The turns of one request. Once it is admitted, its further work waits however many are waiting. */
export type Turns = {
  /**
   * Runs `work` when its turn comes.
   *
   * @throws AppError OVERLOADED at once if the request is not admitted yet and the queue is full
   */
  run<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Admits the request without a turn, as when its answer came from a cache. */
  admit(): void;
};

/** A place in the line, or at its head. */
type Turn = { since: number };

/** How often the next in line looks whether it is its turn; those behind it look less often. */
const POLL_MS = 2;
/** Who comes later after a turn than this finds the event loop idle, and need not let others in first. */
const RECENT_MS = 5;

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

  /** Opens the turns of a request. */
  open(): Turns {
    let isAdmitted = false;
    return {
      admit: () => {
        isAdmitted = true;
      },
      run: async (work) => {
        this.#passOverLost();
        if (!isAdmitted && this.length > this.#maxWaiting) throw overloaded(this.length);
        isAdmitted = true;
        const result = this.#runInTurn(work);
        // A caller who hangs up in the middle of a turn must not stop those behind.
        this.#keepAlive(result.catch(() => {}));
        return result;
      },
    };
  }

  async #runInTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn: Turn = { since: Date.now() };
    if (this.#current) await this.#waitFor(turn);
    else this.#current = turn;
    try {
      // Otherwise each turn would begin in the microtask that ended the one before, and a full queue
      // would be drained before new requests could be read or refused.
      if (Date.now() - this.#endedAt < RECENT_MS) await yieldTurns();
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

function overloaded(waiting: number): AppError {
  return new AppError(
    "OVERLOADED",
    `${waiting} images are waiting already, which is as many as are served in good time. Try again after the seconds that Retry-After names.`,
    { details: { waiting } },
  );
}
