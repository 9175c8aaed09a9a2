import type { AfterResponse } from "../classification/shadow-runner.ts";
import type { KeepAlive } from "../concurrency/keep-alive.ts";
import { yieldTurns } from "../concurrency/turns.ts";

/** Collects the work of a request that runs after its response. */
export class AfterResponseWork {
  readonly #work: (() => Promise<void>)[] = [];

  readonly add: AfterResponse = (work) => {
    this.#work.push(work);
  };

  /**
   * Starts the work. Call it when the response is complete.
   *
   * @param onEnd - called when all of it is done
   */
  start(keepAlive: KeepAlive, onEnd: () => void): void {
    if (this.#work.length > 0) keepAlive(this.#run().finally(onEnd));
    else onEnd();
  }

  async #run(): Promise<void> {
    // The response is sent first, because inference would delay it.
    await yieldTurns();
    for (const work of this.#work) await work();
  }
}
