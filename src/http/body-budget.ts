import { AppError } from "../errors.ts";

/** Counts the bytes of the bodies that an isolate holds: 32 waiting images of 10 MB would not fit. */
export class BodyBudget {
  readonly #maxBytes: number;
  #heldBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What one request holds; to be released when it is answered. */
  open(): BodyShare {
    let ownBytes = 0;
    return {
      add: (bytes) => {
        // A body on its own is bounded by the limit of a request.
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
  /** @throws AppError OVERLOADED where the isolate holds too much already */
  add(bytes: number): void;
  release(): void;
};

function overloaded(): AppError {
  return new AppError(
    "OVERLOADED",
    "The service holds as many images as it has memory for. Try again after the seconds that Retry-After names.",
  );
}
