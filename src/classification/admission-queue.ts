import { AppError } from "../errors.ts";
import type { KeepAlive } from "../inference/once.ts";

/** How a piece of work is admitted. */
export type Admission = {
  /** Whether its request has been admitted already, so that it waits however many are waiting. */
  readonly admitted?: boolean;
};

/** A place in the line, or at its head. */
type Turn = { begin: () => void; since: number };

/** No turn takes longer, loading a model included. */
const LOST_AFTER_MS = 30_000;
const CHECK_MS = 5_000;
/** A request is read in steps, and each takes a turn of the event loop. */
const YIELDS = 5;

/**
 * Lets one image at a time be decoded and classified, and a bounded number wait for it. Two images at
 * once would need twice the memory for no gain on one thread; an unbounded line would answer everyone
 * too late.
 *
 * Those who wait are called one by one, each through a promise of its own request. A chain of promises
 * would belong, in workerd, to the request that began it, which is ended 30 s after its answer; what
 * needs a timer or the network would then never go on, and the line would stand still.
 */
export class AdmissionQueue {
  readonly #maxWaiting: number;
  readonly #keepAlive: KeepAlive;
  readonly #waiting: Turn[] = [];
  #current: Turn | undefined;

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
    const turn: Turn = { begin: () => {}, since: Date.now() };
    if (this.#current) await this.#waitFor(turn);
    else this.#current = turn;
    try {
      await yieldToEventLoop();
      return await work();
    } finally {
      this.#end(turn);
    }
  }

  async #waitFor(turn: Turn): Promise<void> {
    // workerd takes a request that waits for nothing but another one to hang: a timer is something.
    const timer = setInterval(() => this.#passOverLost(), CHECK_MS);
    await new Promise<void>((resolve) => {
      turn.begin = resolve;
      this.#waiting.push(turn);
    });
    clearInterval(timer);
  }

  #end(turn: Turn): void {
    // Unless it was taken for lost.
    if (this.#current !== turn) return;
    this.#current = this.#waiting.shift();
    if (!this.#current) return;
    this.#current.since = Date.now();
    this.#current.begin();
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
  for (let i = 0; i < YIELDS; i++) await new Promise<void>((resolve) => setTimeout(resolve, 0));
}

function overloaded(waiting: number): AppError {
  return new AppError(
    "OVERLOADED",
    `${waiting} images are waiting already, which is as many as are served in good time. Try again after the seconds that Retry-After names.`,
    { details: { waiting } },
  );
}
