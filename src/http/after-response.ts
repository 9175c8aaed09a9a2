/** Work of a request that nobody waits for. */
import type { AfterResponse } from "../classification/shadow-runner.ts";
import type { KeepAlive } from "../concurrency/keep-alive.ts";
import { yieldTurns } from "../concurrency/turns.ts";

/** Collects work while a request is answered. */
export class AfterResponseWork {
  readonly #work: (() => Promise<void>)[] = [];

  readonly add: AfterResponse = (work) => {
    this.#work.push(work);
  };

  /** Begins the work, once the response has been given to the platform. */
  start(keepAlive: KeepAlive): void {
    if (this.#work.length > 0) keepAlive(this.#run());
  }

  async #run(): Promise<void> {
    // The response leaves first: inference would hold it up.
    await yieldTurns();
    for (const work of this.#work) await work();
  }
}
