import { AppError } from "../errors.ts";
import { type CallerSignal, requireCaller } from "./abort.ts";
import type { KeepAlive } from "./keep-alive.ts";
import { LOST_AFTER_MS, sleep, yieldTurns } from "./turns.ts";

/** The turns of one request. Once a request is admitted, its further work is queued even if the queue is full. */
export type Turns = {
  /**
   * Runs `work` when its turn comes.
   *
   * @throws AppError OVERLOADED, immediately, if the request is not admitted yet and the queue is full;
   *   REQUEST_ABORTED if the caller disconnects before the turn
   */
  run<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Admits the request without a turn, for example if its answer came from the cache. */
  admit(): void;
};

/** A place in the queue. */
type Turn = { since: number };

/** How often the first in the queue checks whether its turn has come; those behind it check less often. */
const POLL_MS = 2;
/** If the last turn ended longer ago than this, the event loop was idle and nothing needs to be let in first. */
const RECENT_MS = 5;

/**
 * Decodes and classifies one image at a time, and lets a limited number of requests wait. Two images at
 * the same time would need twice the memory without being faster on one thread. In an unlimited queue,
 * every answer would come too late.
 *
 * Each waiting request polls with its own timers. In workerd, if one request resolves a promise that
 * another one awaits, the continuation runs as part of the request that resolved it, or not at all if
 * that request has ended. A chain of promises across requests would therefore stall.
 */
export class AdmissionQueue {
  readonly #maxWaiting: number;
  readonly #keepAlive: KeepAlive;
  readonly #waiting: Turn[] = [];
  #current: Turn | undefined;
  /** The number of requests that have entered and not left. */
  #requests = 0;
  #endedAt = Number.NEGATIVE_INFINITY;

  constructor(maxWaiting: number, keepAlive: KeepAlive) {
    this.#maxWaiting = maxWaiting;
    this.#keepAlive = keepAlive;
  }

  /** The number of images being processed or waiting. */
  get length(): number {
    return this.#waiting.length + (this.#current ? 1 : 0);
  }

  /**
   * Counts a request. Call it when the request arrives, so that a turn knows whether there are others.
   *
   * @returns a function to call once, when the request and its work after the response are done
   */
  enter(): () => void {
    this.#requests++;
    return () => {
      this.#requests--;
    };
  }

  /**
   * Opens the turns of a request.
   *
   * @param signal - aborted if the caller disconnects; the request then gives up its place
   */
  open(signal?: CallerSignal): Turns {
    let isAdmitted = false;
    let isFirst = true;
    return {
      admit: () => {
        isAdmitted = true;
      },
      run: async (work) => {
        this.#passOverLost();
        if (!isAdmitted && this.length > this.#maxWaiting) throw overloaded(this.length);
        isAdmitted = true;
        const result = this.#runInTurn(work, signal, isFirst);
        isFirst = false;
        // A caller that disconnects during its turn must not stop the requests behind it.
        this.#keepAlive(result.catch(() => {}));
        return result;
      },
    };
  }

  async #runInTurn<Value>(
    work: () => Promise<Value>,
    signal: CallerSignal | undefined,
    isFirst: boolean,
  ): Promise<Value> {
    requireCaller(signal);
    const turn: Turn = { since: Date.now() };
    if (this.#current) await this.#waitFor(turn, signal);
    else this.#current = turn;
    try {
      // Otherwise each turn would start in the microtask that ended the previous one, and a full queue
      // would be drained before new requests could be read or rejected. If only one request has arrived, its
      // first turn has nothing to let in. Its later turns have: meanwhile, others may have arrived unread.
      const isAlone = isFirst && this.#requests === 1;
      if (!isAlone && Date.now() - this.#endedAt < RECENT_MS) await yieldTurns();
      requireCaller(signal);
      return await work();
    } finally {
      this.#end(turn);
    }
  }

  async #waitFor(turn: Turn, signal: CallerSignal | undefined): Promise<void> {
    this.#waiting.push(turn);
    for (;;) {
      const ahead = this.#waiting.indexOf(turn);
      if (ahead < 0) return;
      if (signal?.aborted) {
        this.#waiting.splice(ahead, 1);
        requireCaller(signal);
      }
      await sleep(POLL_MS * (1 + ahead));
      this.#passOverLost();
    }
  }

  #end(turn: Turn): void {
    // A turn that was given up as lost is no longer the current one.
    if (this.#current !== turn) return;
    this.#endedAt = Date.now();
    this.#current = this.#waiting.shift();
    if (this.#current) this.#current.since = this.#endedAt;
  }

  /** If workerd ended a request during its turn, that request cannot start the next turn. */
  #passOverLost(): void {
    const current = this.#current;
    if (current && Date.now() - current.since > LOST_AFTER_MS) this.#end(current);
  }
}

function overloaded(waiting: number): AppError {
  return new AppError(
    "OVERLOADED",
    `The queue is full: ${waiting} images are being processed or waiting. Try again after the number of seconds in Retry-After.`,
    { details: { waiting } },
  );
}
