/**
 * The sessions of one isolate, under a memory budget: each is loaded once however many requests ask
 * for it at the same time, and the least recently used idle ones are released when room is needed.
 */
import { ModelError } from "../errors.ts";
import type { KeepAlive } from "./once.ts";

/** A loaded network. */
export type Releasable = { release(): Promise<void> };

/** How to make a session that is not in the pool. */
export type SessionSource<Session> = {
  /** Identifies the model version and its content. */
  readonly key: string;
  /** What the session counts against the budget, in bytes. */
  readonly costBytes: number;
  readonly load: () => Promise<Session>;
};

type Entry<Session> = {
  readonly session: Promise<Session>;
  readonly costBytes: number;
  users: number;
  lastUse: number;
};

/** Sessions under a budget. */
export class SessionPool<Session extends Releasable> {
  readonly #entries = new Map<string, Entry<Session>>();
  readonly #budgetBytes: number;
  readonly #keepAlive: KeepAlive;
  #uses = 0;

  constructor(budgetBytes: number, keepAlive: KeepAlive) {
    this.#budgetBytes = budgetBytes;
    this.#keepAlive = keepAlive;
  }

  /** Keys of the sessions held, loading ones included. */
  get keys(): string[] {
    return [...this.#entries.keys()];
  }

  /** What the sessions held count together, loading ones included, in bytes. */
  get heldBytes(): number {
    return [...this.#entries.values()].reduce((sum, { costBytes }) => sum + costBytes, 0);
  }

  /**
   * Runs `use` with the session of `source`, which stays loaded meanwhile.
   *
   * @throws ModelError MODEL_BUDGET where the budget has no room for it; whatever `load` or
   *   `use` throws (a failed load is forgotten and tried again by the next call)
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

  async #makeRoom({ key, costBytes }: SessionSource<Session>): Promise<void> {
    const idle = [...this.#entries]
      .filter(([, entry]) => entry.users === 0)
      .sort(([, a], [, b]) => a.lastUse - b.lastUse);
    const held = this.heldBytes;
    let excess = held + costBytes - this.#budgetBytes;
    const victims = [];
    for (const [victimKey, victim] of idle) {
      if (excess <= 0) break;
      excess -= victim.costBytes;
      victims.push([victimKey, victim] as const);
    }
    if (excess > 0) {
      throw new ModelError(
        "MODEL_BUDGET",
        `There is no memory for model ${key}: it takes ${costBytes} bytes of a budget of ${this.#budgetBytes}, of which models in use hold ${held - victims.reduce((sum, [, victim]) => sum + victim.costBytes, 0)}. Try again when they are idle, or raise MODEL_MEMORY_BYTES.`,
        { details: { costBytes, budgetBytes: this.#budgetBytes } },
      );
    }
    for (const [victimKey] of victims) this.#entries.delete(victimKey);
    await Promise.all(
      victims.map(async ([, victim]) => (await victim.session.catch(() => undefined))?.release()),
    );
  }
}
