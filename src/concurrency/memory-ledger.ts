/**
 * The memory of one isolate. Whatever holds many bytes reserves them here before it allocates: bodies, images,
 * decoders, networks. Separate budgets would add up to more than an isolate has.
 */
import { AppError } from "../errors.ts";

/**
 * What memory is for. `input` is what callers have sent and what is fetched for them, which they can hold for
 * as long as they wait. `work` is for the image or network whose turn it is.
 */
export type MemoryPurpose = "input" | "work";

export type MemoryLedgerOptions = {
  /** For everything that the ledger knows about. */
  readonly capacityBytes: number;
  /** What the application takes at rest. */
  readonly baseBytes: number;
  /** The part of the capacity that `input` may take, so that work is always possible. */
  readonly inputBytes: number;
};

/** Memory that is reserved until it is released. */
export type MemoryHold = {
  readonly bytes: number;
  /** Safe to call twice. */
  release(): void;
};

/**
 * No request takes this long. workerd can end a request whose caller has disconnected without running its
 * `finally` blocks, so that its account is never closed.
 */
const LOST_AFTER_MS = 120_000;

/** The holds of one request, which are all released at its end. */
export type MemoryAccount = {
  /** @throws AppError OVERLOADED if there is not enough memory */
  reserve(bytes: number, purpose: MemoryPurpose): MemoryHold;
  /** Bytes that the account holds. */
  readonly heldBytes: number;
  close(): void;
};

export class MemoryLedger {
  readonly #options: MemoryLedgerOptions;
  readonly #gauges: (() => number)[] = [];
  readonly #reclaimers: (() => void)[] = [];
  /** The open accounts that hold memory, and when they were opened. */
  readonly #accounts = new Map<MemoryAccount, number>();
  readonly #held: Record<MemoryPurpose, number> = { input: 0, work: 0 };
  #peakBytes = 0;

  constructor(options: MemoryLedgerOptions) {
    this.#options = options;
  }

  /** Counts memory that nobody reserves, such as a heap that grows by itself. */
  addGauge(readBytes: () => number): void {
    this.#gauges.push(readBytes);
  }

  /** Registers what can free memory at once, such as a runtime that is idle. Only `work` calls it. */
  addReclaimer(reclaim: () => void): void {
    this.#reclaimers.push(reclaim);
  }

  /** Bytes that are held by everything that the ledger knows about. */
  get heldBytes(): number {
    const { input, work } = this.#held;
    const gauged = this.#gauges.reduce((sum, read) => sum + read(), 0);
    return this.#options.baseBytes + gauged + input + work;
  }

  /** The most that {@link heldBytes} has been. */
  get peakBytes(): number {
    this.#peakBytes = Math.max(this.#peakBytes, this.heldBytes);
    return this.#peakBytes;
  }

  /** Bytes that `input` can still take. */
  get freeInputBytes(): number {
    return Math.min(this.#options.inputBytes - this.#held.input, this.#freeBytes);
  }

  /** Opens the account of one request, or of work that many requests share. */
  open(): MemoryAccount {
    const openedAt = Date.now();
    const holds = new Set<MemoryHold>();
    const account: MemoryAccount = {
      reserve: (bytes, purpose) => {
        const release = this.#reserve(bytes, purpose);
        const hold: MemoryHold = {
          bytes,
          release: () => {
            if (!holds.delete(hold)) return;
            release();
            if (holds.size === 0) this.#accounts.delete(account);
          },
        };
        holds.add(hold);
        this.#accounts.set(account, openedAt);
        return hold;
      },
      get heldBytes() {
        return [...holds].reduce((sum, { bytes }) => sum + bytes, 0);
      },
      close: () => {
        for (const hold of [...holds]) hold.release();
      },
    };
    return account;
  }

  #closeLost(): void {
    const now = Date.now();
    for (const [account, openedAt] of [...this.#accounts]) {
      if (now - openedAt > LOST_AFTER_MS) account.close();
    }
  }

  get #freeBytes(): number {
    return this.#options.capacityBytes - this.heldBytes;
  }

  /** @returns a function that releases the bytes */
  #reserve(needed: number, purpose: MemoryPurpose): () => void {
    // Estimates have fractions.
    const bytes = Math.ceil(needed);
    if (!this.#hasRoom(bytes, purpose)) {
      this.#closeLost();
      if (!this.#hasRoom(bytes, purpose)) throw overloaded(bytes);
    }
    this.#held[purpose] += bytes;
    this.#peakBytes = this.peakBytes;
    return () => {
      this.#held[purpose] -= bytes;
    };
  }

  #hasRoom(bytes: number, purpose: MemoryPurpose): boolean {
    if (purpose === "input") return bytes <= this.freeInputBytes;
    for (const reclaim of this.#reclaimers) {
      if (bytes <= this.#freeBytes) return true;
      reclaim();
    }
    return bytes <= this.#freeBytes;
  }
}

function overloaded(bytes: number): AppError {
  return new AppError(
    "OVERLOADED",
    "The service has no memory left for this request, because other requests hold it. Try again after the number of seconds in Retry-After.",
    { details: { neededBytes: bytes } },
  );
}
