import { AppError } from "../errors.ts";

/** Limits the bytes of request bodies that an isolate holds: 32 waiting images of 10 MB would not fit. */
export class BodyBudget {
  readonly #maxBytes: number;
  #heldBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Opens the share of one request; release it when the request is answered. */
  open(): BodyShare {
    let ownBytes = 0;
    return {
      add: (bytes) => {
        // A single body is already limited by the maximum size of a request.
        const others = this.#heldBytes - ownBytes;
        if (others > 0 && this.#heldBytes + bytes > this.#maxBytes) throw overloaded();
        ownBytes += bytes;
        this.#heldBytes += bytes;
      },
      release: () => {
        this.#heldBytes -= ownBytes;
        ownBytes = 0;
      },
    };
  }
}

/** The share of one request. */
export type BodyShare = {
  /** @throws AppError OVERLOADED if the isolate already holds too much */
  add(bytes: number): void;
  release(): void;
};

function overloaded(): AppError {
  return new AppError(
    "OVERLOADED",
    "The service holds as many images as it has memory for. Try again after the number of seconds in Retry-After.",
  );
}
