import { AppError } from "../errors.ts";

/**
 * Limits how many passes through a network one request may buy, aliases, lists and heat maps included.
 */
export class ClassificationBudget {
  readonly #max: number;
  #asked = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Asks for `count` passes. All fields of a query begin in the same turn of the event loop, and this
   * answers in the next: each sees the sum of what all ask for, so that a request that asks for too
   * much gets nothing, instead of a part of it at full price.
   *
   * @throws AppError REQUEST_TOO_COSTLY
   */
  async reserve(count: number): Promise<void> {
    this.#asked += count;
    await Promise.resolve();
    if (this.#asked <= this.#max) return;
    throw new AppError(
      "REQUEST_TOO_COSTLY",
      `The request asks for ${this.#asked} passes through a network, heat maps included, but one request may have ${this.#max}. Ask for fewer images, models or heat maps at once.`,
      { details: { limit: "maxPasses", max: this.#max, value: this.#asked } },
    );
  }
}
