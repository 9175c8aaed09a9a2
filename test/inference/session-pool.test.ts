import { describe, expect, it, vi } from "vitest";
import { type ExplainShortage, SessionPool } from "../../src/inference/session-pool.ts";

const keepAlive = () => {};
/** A budget for sessions that cost at most `budget` together. */
const roomFor =
  (budget: number): ExplainShortage =>
  ({ name, costBytes }, held) =>
    held.reduce((sum, bytes) => sum + bytes, costBytes) > budget
      ? new Error(`no room for ${name} beside ${held}`)
      : undefined;
const use = async () => "used";

function source(key: string, costBytes: number) {
  const release = vi.fn(async () => {});
  const load = vi.fn(async () => ({ release }));
  return { key, name: key.toUpperCase(), costBytes, load, release };
}

describe("SessionPool", () => {
  it("loads once for concurrent and later users", async () => {
    const pool = new SessionPool(roomFor(10), keepAlive);
    const a = source("a", 5);
    await Promise.all([pool.with(a, use), pool.with(a, use), pool.with(a, use)]);
    await pool.with(a, use);
    expect(a.load).toHaveBeenCalledTimes(1);
  });

  it("releases the least recently used session if memory is needed, and loads it again on demand", async () => {
    const pool = new SessionPool(roomFor(10), keepAlive);
    const [a, b, c] = [source("a", 5), source("b", 5), source("c", 5)] as const;
    await pool.with(a, use);
    await pool.with(b, use);
    await pool.with(a, use);
    await pool.with(c, use);
    expect(b.release).toHaveBeenCalledTimes(1);
    expect(a.release).not.toHaveBeenCalled();
    expect(pool.keys).toEqual(["a", "c"]);
    await pool.with(b, use);
    expect(b.load).toHaveBeenCalledTimes(2);
    expect(a.release).toHaveBeenCalledTimes(1);
  });

  it("rejects a session rather than release one in use, and loads it once that one is idle", async () => {
    const pool = new SessionPool(roomFor(10), keepAlive);
    const [a, b] = [source("a", 6), source("b", 6)] as const;
    const rejected = await pool.with(a, () => pool.with(b, use).catch((error: Error) => error));
    expect(rejected).toEqual(new Error("no room for B beside 6"));
    expect(a.release).not.toHaveBeenCalled();
    expect(await pool.with(b, use)).toBe("used");
    expect(a.release).toHaveBeenCalledTimes(1);
  });

  it("rejects a session that can never fit, without releasing others", async () => {
    const pool = new SessionPool(roomFor(10), keepAlive);
    const [a, b] = [source("a", 5), source("b", 11)] as const;
    await pool.with(a, use);
    await expect(pool.with(b, use)).rejects.toThrow("no room for B beside ");
    expect(b.load).not.toHaveBeenCalled();
    expect(a.release).not.toHaveBeenCalled();
    expect(pool.keys).toEqual(["a"]);
  });

  it("is emptied for a runtime that is given up, but only if no session is in use or loading", async () => {
    const pool = new SessionPool(roomFor(20), keepAlive);
    const [a, b] = [source("a", 5), source("b", 5)] as const;
    await pool.with(a, async () => expect(pool.clearIfIdle()).toBe(false));
    const loading = pool.with(b, use);
    expect(pool.clearIfIdle()).toBe(false);
    await loading;
    expect(pool.costs).toEqual([5, 5]);
    expect(pool.clearIfIdle()).toBe(true);
    expect(pool.keys).toEqual([]);
    await pool.with(a, use);
    expect(a.load).toHaveBeenCalledTimes(2);
    expect(a.release).not.toHaveBeenCalled();
  });

  it("repeats a failed load with the next call", async () => {
    const pool = new SessionPool(roomFor(10), keepAlive);
    const a = source("a", 5);
    a.load.mockRejectedValueOnce(new Error("no luck"));
    await expect(pool.with(a, use)).rejects.toThrow("no luck");
    expect(pool.keys).toEqual([]);
    expect(await pool.with(a, use)).toBe("used");
  });
});
