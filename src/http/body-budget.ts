import { AppError } from "../errors.ts";

/** Limits the total bytes of the request bodies in an isolate: 32 waiting images of 10 MB would not fit. */
export class BodyBudget {
  readonly #maxBytes: number;
  #heldBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Opens the reservation of one request. Release it when the request is answered. */
  open(): BodyReservation {
    let ownBytes = 0;
    return {
      add: (bytes) => {
        // The maximum size of a request already limits a single body.
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

/** The bytes that one request holds. */
export type BodyReservation = {
  /** @throws AppError OVERLOADED if the isolate already holds too many bytes */
  add(bytes: number): void;
  release(): void;
};

function overloaded(): AppError {
  return new AppError(
    "OVERLOADED",
    "The service has no memory left for the request body, because it holds those of other requests. Try again after the number of seconds in Retry-After.",
  );
}
