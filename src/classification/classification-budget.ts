import { AppError } from "../errors.ts";

/** Limits the passes of one request, including those for field aliases, lists and heat maps. */
export class ClassificationBudget {
  readonly #max: number;
  #asked = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Reserves `count` passes. All fields of a query start in the same turn of the event loop, and this
   * method answers in the next one. So each field sees the total of all fields, and a request that asks
   * for too much is rejected as a whole before any work starts.
   *
   * @throws AppError REQUEST_TOO_COSTLY
   */
  async reserve(count: number): Promise<void> {
    this.#asked += count;
    await Promise.resolve();
    if (this.#asked <= this.#max) return;
    throw new AppError(
      "REQUEST_TOO_COSTLY",
      `The request needs ${this.#asked} passes through a network, including those for heat maps, but the limit is ${this.#max}. Ask for fewer images, models or heat maps in one request.`,
      { details: { limit: "maxPasses", max: this.#max, value: this.#asked } },
    );
  }
}
