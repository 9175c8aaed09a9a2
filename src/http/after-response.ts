/** Work of a request that nobody waits for. */
import type { AfterResponse } from "../classification/shadow-runner.ts";
import type { KeepAlive } from "../inference/once.ts";

/** Turns of the event loop in which the response leaves: inference would hold it up. */
const TURNS = 5;

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
    for (let i = 0; i < TURNS; i++) await new Promise((resolve) => setTimeout(resolve, 0));
    for (const work of this.#work) await work();
  }
}
