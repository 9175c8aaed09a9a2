/**
 * The sessions of one isolate, under a memory budget: each is loaded once however many requests ask
 * for it at the same time, and the least recently used idle ones are released when room is needed.
 */
import type { KeepAlive } from "../concurrency/keep-alive.ts";

/** A loaded network. */
export type Releasable = { release(): Promise<void> };

/** How to make a session that is not in the pool. */
export type SessionSource<Session> = {
  /** Identifies the model version and its content. */
  readonly key: string;
  /** What people call it. */
  readonly name: string;
  /** What the session counts against the budget, in bytes. */
  readonly costBytes: number;
  readonly load: () => Promise<Session>;
};

/**
 * Says why there is no room for a session.
 *
 * @param heldBytes - what the sessions that would stay count, each
 * @returns undefined where there is
 */
export type FindLack = (
  source: Pick<SessionSource<unknown>, "name" | "costBytes">,
  heldBytes: readonly number[],
) => Error | undefined;

type Entry<Session> = {
  readonly session: Promise<Session>;
  readonly costBytes: number;
  users: number;
  lastUse: number;
};

/** Sessions under a budget. */
export class SessionPool<Session extends Releasable> {
  readonly #entries = new Map<string, Entry<Session>>();
  readonly #findLack: FindLack;
  readonly #keepAlive: KeepAlive;
  #uses = 0;

  constructor(findLack: FindLack, keepAlive: KeepAlive) {
    this.#findLack = findLack;
    this.#keepAlive = keepAlive;
  }

  /** Keys of the sessions held, loading ones included. */
  get keys(): string[] {
    return [...this.#entries.keys()];
  }

  /**
   * Runs `use` with the session of `source`, which stays loaded meanwhile.
   *
   * @throws what the budget lacks for it; whatever `load` or `use` throws (a failed load is forgotten
   *   and tried again by the next call)
   */
  async with<Value>(
    source: SessionSource<Session>,
    use: (session: Session) => Promise<Value>,
  ): Promise<Value> {
    const entry = this.#entries.get(source.key) ?? this.#add(source);
    entry.users++;
    entry.lastUse = ++this.#uses;
    try {
      return await use(await entry.session);
    } finally {
      entry.users--;
    }
  }

  #add(source: SessionSource<Session>): Entry<Session> {
    // The victims are released before the load begins: both at once would exceed the budget.
    const released = this.#makeRoom(source);
    const session = released.then(source.load);
    const entry = { session, costBytes: source.costBytes, users: 0, lastUse: 0 };
    this.#entries.set(source.key, entry);
    const forget = () => {
      if (this.#entries.get(source.key) === entry) this.#entries.delete(source.key);
    };
    this.#keepAlive(session.catch(forget));
    return entry;
  }

  async #makeRoom(source: SessionSource<Session>): Promise<void> {
    const staying = new Map(this.#entries);
    const idle = [...staying]
      .filter(([, { users }]) => users === 0)
      .sort(([, a], [, b]) => a.lastUse - b.lastUse);
    const victims: Entry<Session>[] = [];
    for (;;) {
      const held = [...staying.values()].map(({ costBytes }) => costBytes);
      const lack = this.#findLack(source, held);
      if (!lack) break;
      const next = idle.shift();
      // Nobody is released in vain.
      if (!next) throw lack;
      staying.delete(next[0]);
      victims.push(next[1]);
    }
    for (const key of this.#entries.keys()) if (!staying.has(key)) this.#entries.delete(key);
    await Promise.all(
      victims.map(async ({ session }) => (await session.catch(() => undefined))?.release()),
    );
  }
}
