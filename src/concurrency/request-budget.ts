import { AppError } from "../errors.ts";

/** What one pass costs beside decoding, in the same unit as `Codec.estimateMs`: preparing and running a network. */
export const PASS_MS = 75;

export type RequestLimits = {
  /** Passes through a network. */
  readonly maxPasses: number;
  /** CPU time of everything that the request asks for, in estimated milliseconds. */
  readonly maxWorkMs: number;
};

/**
 * What one request may cost, whatever GraphQL aliases, lists, fragments and variables it uses. Work is paid
 * for before it is done. Prices are estimated milliseconds of CPU time on the machine that docs/security.md
 * names: what matters is the ratio of work to work.
 */
export class RequestBudget {
  readonly #limits: RequestLimits;
  #passes = 0;
  #ms = 0;

  constructor(limits: RequestLimits) {
    this.#limits = limits;
  }

  /**
   * Pays for `count` passes. All fields of a query start in the same turn of the event loop, and this
   * method answers in the next one. So each field sees the total of all fields, and a request that asks
   * for too much is rejected as a whole before any work starts.
   *
   * @throws AppError REQUEST_TOO_COSTLY
   */
  async payPasses(count: number): Promise<void> {
    this.#passes += count;
    this.#ms += count * PASS_MS;
    await Promise.resolve();
    const { maxPasses } = this.#limits;
    if (this.#passes <= maxPasses) return this.pay(0);
    throw new AppError(
      "REQUEST_TOO_COSTLY",
      `The request needs ${this.#passes} passes through a network, including those for heat maps, but the limit is ${maxPasses}. Ask for fewer images, models or heat maps in one request.`,
      { details: { limit: "maxPasses", max: maxPasses, value: this.#passes } },
    );
  }

  /**
   * Pays for other work, such as decoding an image.
   *
   * @param ms - estimated CPU time in milliseconds
   * @throws AppError REQUEST_TOO_COSTLY
   */
  async pay(ms: number): Promise<void> {
    this.#ms += ms;
    await Promise.resolve();
    const { maxWorkMs } = this.#limits;
    if (this.#ms <= maxWorkMs) return;
    throw new AppError(
      "REQUEST_TOO_COSTLY",
      `The request would take about ${Math.ceil(this.#ms)} ms of computation, but the limit is ${maxWorkMs}. Send smaller images, or ask for fewer images, models or heat maps in one request.`,
      { details: { limit: "maxWorkMs", max: maxWorkMs, value: Math.ceil(this.#ms) } },
    );
  }
}
