import { AppError } from "../errors.ts";
import type { KeepAlive } from "../inference/once.ts";
import { SerialQueue } from "../inference/serial-queue.ts";

/** How a piece of work is admitted. */
export type Admission = {
  /** Whether its request has been admitted already, so that it waits however many are waiting. */
  readonly admitted?: boolean;
};

/**
 * Lets one image at a time be decoded and classified, and a bounded number wait for it. Two images at
 * once would need twice the memory for no gain on one thread; an unbounded line would answer everyone
 * too late.
 */
export class AdmissionQueue {
  readonly #turns = new SerialQueue();
  readonly #maxWaiting: number;
  readonly #keepAlive: KeepAlive;
  #length = 0;

  constructor(maxWaiting: number, keepAlive: KeepAlive) {
    this.#maxWaiting = maxWaiting;
    this.#keepAlive = keepAlive;
  }

  /** Images being classified or waiting. */
  get length(): number {
    return this.#length;
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
    if (!admitted && this.#length > this.#maxWaiting) throw overloaded(this.#length);
    this.#length++;
    const result = this.#turns.run(work).finally(() => {
      this.#length--;
    });
    // A caller who hangs up in the middle of a turn must not stop those behind.
    this.#keepAlive(result.catch(() => {}));
    return result;
  }
}

function overloaded(waiting: number): AppError {
  return new AppError(
    "OVERLOADED",
    `${waiting} images are waiting already, which is as many as are served in good time. Try again after the seconds that Retry-After names.`,
    { details: { waiting } },
  );
}
