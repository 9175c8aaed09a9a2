/**
 * The sessions of one isolate, under a memory budget. Concurrent requests for a session share one load.
 * If memory is needed, the least recently used idle sessions are released.
 */
import type { KeepAlive } from "../concurrency/keep-alive.ts";

export type Releasable = { release(): Promise<void> };

/** Loads a session that is not in the pool. */
export type SessionSource<Session> = {
  /** Identifies the version and its content. */
  readonly key: string;
  /** The name in error messages. */
  readonly name: string;
  /** How much the session counts against the budget, in bytes. */
  readonly costBytes: number;
  readonly load: () => Promise<Session>;
};

/**
 * Explains why there is no memory for a session.
 *
 * @param heldBytes - the costs of the sessions that stay
 * @returns undefined if there is enough memory
 */
export type ExplainShortage = (
  source: Pick<SessionSource<unknown>, "name" | "costBytes">,
  heldBytes: readonly number[],
) => Error | undefined;

type Entry<Session> = {
  readonly session: Promise<Session>;
  readonly costBytes: number;
  users: number;
  lastUse: number;
  isLoaded: boolean;
};

export class SessionPool<Session extends Releasable> {
  readonly #entries = new Map<string, Entry<Session>>();
  readonly #explainShortage: ExplainShortage;
  readonly #keepAlive: KeepAlive;
  #uses = 0;

  constructor(explainShortage: ExplainShortage, keepAlive: KeepAlive) {
    this.#explainShortage = explainShortage;
    this.#keepAlive = keepAlive;
  }

  /** The keys of the sessions in the pool, including those that are still loading. */
  get keys(): string[] {
    return [...this.#entries.keys()];
  }

  /** The costs of the sessions in the pool, in bytes. */
  get costs(): number[] {
    return [...this.#entries.values()].map(({ costBytes }) => costBytes);
  }

  /**
   * Empties the pool without releasing the sessions, for a caller that gives up their runtime.
   *
   * @returns false if a session is in use or still loading; nothing happens then
   */
  clearIfIdle(): boolean {
    const entries = [...this.#entries.values()];
    if (entries.some(({ users, isLoaded }) => users > 0 || !isLoaded)) return false;
    this.#entries.clear();
    return true;
  }

  /**
   * Runs `use` with the session of `source`, which is not released in the meantime.
   *
   * @throws the error that explains the shortage; whatever `load` or `use` throws (the next call repeats a
   *   failed load)
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
    // Sessions are released before the load starts: both at the same time would exceed the budget.
    const released = this.#makeRoom(source);
    const session = released.then(source.load);
    const entry = { session, costBytes: source.costBytes, users: 0, lastUse: 0, isLoaded: false };
    this.#entries.set(source.key, entry);
    const forget = () => {
      if (this.#entries.get(source.key) === entry) this.#entries.delete(source.key);
    };
    const loaded = () => {
      entry.isLoaded = true;
    };
    this.#keepAlive(session.then(loaded, forget));
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
      const shortage = this.#explainShortage(source, held);
      if (!shortage) break;
      const next = idle.shift();
      // If even this is not enough, no session is released.
      if (!next) throw shortage;
      staying.delete(next[0]);
      victims.push(next[1]);
    }
    for (const key of this.#entries.keys()) if (!staying.has(key)) this.#entries.delete(key);
    await Promise.all(
      victims.map(async ({ session }) => (await session.catch(() => undefined))?.release()),
    );
  }
}
