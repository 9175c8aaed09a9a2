/** The request bodies that are arriving in one isolate, and which of them must give way if memory is short. */
import type { MemoryAccount, MemoryHold, MemoryLedger } from "../concurrency/memory-ledger.ts";
import { sleep } from "../concurrency/turns.ts";
import { AppError } from "../errors.ts";

/** One body that is arriving. */
export type Upload = {
  /** Whether the body has to give way: its reader must stop and release its memory. */
  readonly isDropped: boolean;
  /** Bytes per second over the last few seconds; undefined if it is too young to tell. */
  readonly pace: number | undefined;
  /**
   * Reserves memory for the body. If there is none, slower bodies give way.
   *
   * @throws AppError OVERLOADED
   */
  reserve(bytes: number): Promise<MemoryHold>;
  /** Counts bytes that have arrived. */
  receive(bytes: number): void;
  /** The body is complete or given up. It still counts for its address. */
  end(): void;
  /** The request is answered. */
  close(): void;
};

/** The pace is measured over at least this time: a body that is younger is not compared with others. */
const MEASURED_AFTER_MS = 1000;
/** The pace of the last few seconds counts: a body that begins fast and stops must not look fast for long. */
const WINDOW_MS = 2000;
/** A body that has not arrived for this long stands still, whatever its pace was. */
const STALLED_AFTER_MS = 500;
/** How long a body waits for others to give way, and how often it looks. */
const GIVE_WAY_MS = 1500;
const POLL_MS = 50;
/** An address that holds more than this part of the memory gives way first. */
const SHARE = 0.5;

type Entry = {
  readonly address: string;
  readonly account: MemoryAccount;
  readonly startedAt: number;
  windowStart: number;
  windowBytes: number;
  lastByteAt: number;
  previousPace: number;
  dropped: boolean;
  reservedBytes: number;
};

export class Uploads {
  readonly #ledger: MemoryLedger;
  readonly #inputBytes: number;
  readonly #active = new Set<Entry>();
  /** Bytes of bodies by address, whether they are complete or not. */
  readonly #heldByAddress = new Map<string, number>();

  /** @param inputBytes - memory for everything that callers send */
  constructor(ledger: MemoryLedger, inputBytes: number) {
    this.#ledger = ledger;
    this.#inputBytes = inputBytes;
  }

  /**
   * Begins a body.
   *
   * @param address - of the caller
   * @param account - of the request; it holds the body's memory until it is closed
   */
  begin(address: string, account: MemoryAccount): Upload {
    const now = Date.now();
    const entry: Entry = {
      address,
      account,
      startedAt: now,
      windowStart: now,
      windowBytes: 0,
      lastByteAt: now,
      previousPace: 0,
      dropped: false,
      reservedBytes: 0,
    };
    this.#active.add(entry);
    return {
      get isDropped() {
        return entry.dropped;
      },
      get pace() {
        return paceOf(entry);
      },
      reserve: (bytes) => this.#reserve(entry, bytes),
      receive: (bytes) => {
        rollWindow(entry);
        entry.windowBytes += bytes;
        entry.lastByteAt = Date.now();
      },
      end: () => {
        this.#active.delete(entry);
      },
      close: () => {
        this.#active.delete(entry);
        this.#count(entry, -entry.reservedBytes);
      },
    };
  }

  #count(entry: Entry, bytes: number): void {
    entry.reservedBytes += bytes;
    const held = (this.#heldByAddress.get(entry.address) ?? 0) + bytes;
    if (held > 0) this.#heldByAddress.set(entry.address, held);
    else this.#heldByAddress.delete(entry.address);
  }

  async #reserve(entry: Entry, bytes: number): Promise<MemoryHold> {
    const deadline = Date.now() + GIVE_WAY_MS;
    while (bytes > this.#ledger.freeInputBytes && Date.now() < deadline) {
      if (!this.#makeRoom(entry, bytes) && !this.#canExpectRoom(entry)) break;
      // The reader of a dropped body notices by its own timer: in workerd, no request may act for another.
      await sleep(POLL_MS);
    }
    const hold = entry.account.reserve(bytes, "input");
    this.#count(entry, bytes);
    return {
      bytes,
      release: () => {
        hold.release();
        this.#count(entry, -bytes);
      },
    };
  }

  /** Drops bodies until there is room for `bytes`; false if no other body has to give way. */
  #makeRoom(newcomer: Entry, bytes: number): boolean {
    let expected = this.#ledger.freeInputBytes;
    for (const entry of this.#active) if (entry.dropped) expected += entry.account.heldBytes;
    while (expected < bytes) {
      const slowest = this.#findSlowest(newcomer);
      if (!slowest) return false;
      slowest.dropped = true;
      expected += slowest.account.heldBytes;
    }
    return true;
  }

  /** Whether another body may soon turn out to be slow. */
  #canExpectRoom(newcomer: Entry): boolean {
    if (this.#holdsTooMuch(newcomer.address)) return false;
    return [...this.#active].some((entry) => entry !== newcomer && paceOf(entry) === undefined);
  }

  /** The slowest body of the addresses that hold too much, otherwise of all; never the newcomer. */
  #findSlowest(newcomer: Entry): Entry | undefined {
    const others = [...this.#active].filter(
      (entry) => entry !== newcomer && !entry.dropped && paceOf(entry) !== undefined,
    );
    const greedy = others.filter(({ address }) => this.#holdsTooMuch(address));
    // A caller that holds too much cannot push others out.
    if (greedy.length === 0 && this.#holdsTooMuch(newcomer.address)) return undefined;
    return (greedy.length > 0 ? greedy : others).sort(
      (a, b) => (paceOf(a) as number) - (paceOf(b) as number),
    )[0];
  }

  #holdsTooMuch(address: string): boolean {
    return (this.#heldByAddress.get(address) ?? 0) > SHARE * this.#inputBytes;
  }
}

function rollWindow(entry: Entry): void {
  const elapsed = Date.now() - entry.windowStart;
  if (elapsed < WINDOW_MS) return;
  entry.previousPace = (entry.windowBytes * 1000) / elapsed;
  entry.windowStart = Date.now();
  entry.windowBytes = 0;
}

function paceOf(entry: Entry): number | undefined {
  if (Date.now() - entry.lastByteAt > STALLED_AFTER_MS) return 0;
  const age = Date.now() - entry.startedAt;
  if (age < MEASURED_AFTER_MS) return undefined;
  rollWindow(entry);
  const elapsed = Date.now() - entry.windowStart;
  const recent = (entry.windowBytes * 1000) / Math.max(elapsed, 1);
  // A window that has just begun says little.
  return elapsed < MEASURED_AFTER_MS && age > WINDOW_MS
    ? Math.max(recent, entry.previousPace)
    : recent;
}

/** A body that gives way to others. On a busy isolate, it need not be its caller who is slow. */
export function gaveWay(): AppError {
  return new AppError(
    "OVERLOADED",
    "The service needs the memory of this upload for faster ones. Try again after the number of seconds in Retry-After, or send a smaller image.",
  );
}

/** A body that arrives too slowly. */
export function tooSlow(reason: string): AppError {
  return new AppError(
    "REQUEST_TIMEOUT",
    `The request body was not read to its end: ${reason}. Send a smaller image, or use a faster connection.`,
  );
}
