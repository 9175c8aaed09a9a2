import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refreshed } from "../../src/concurrency/refreshed.ts";

const TTL_MS = 1000;
const keepAlive = () => {};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A source that reads 1, 2, 3, …; each read waits until the test resolves or rejects it. */
function makeSource() {
  let count = 0;
  const waiting: { resolve(): void; reject(error: Error): void }[] = [];
  const read = () =>
    new Promise<number>((resolve, reject) => {
      const value = ++count;
      waiting.push({ resolve: () => resolve(value), reject });
    });
  return { read, waiting, readings: () => count };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

describe("Refreshed", () => {
  it("shares the first read among concurrent callers", async () => {
    const source = makeSource();
    const value = new Refreshed(source.read, { ttlMs: TTL_MS, keepAlive });
    const both = Promise.all([value.get(), value.get()]);
    source.waiting[0]?.resolve();
    expect(await both).toEqual([1, 1]);
    expect(source.readings()).toBe(1);
  });

  it("returns the old value without waiting while it refreshes", async () => {
    const source = makeSource();
    const value = new Refreshed(source.read, { ttlMs: TTL_MS, keepAlive });
    const first = value.get();
    source.waiting[0]?.resolve();
    await first;
    await vi.advanceTimersByTimeAsync(TTL_MS - 1);
    await value.get();
    expect(source.readings()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    // The second read is in progress.
    expect(await value.get()).toBe(1);
    expect(await value.get()).toBe(1);
    expect(source.readings()).toBe(2);
    source.waiting[1]?.resolve();
    await settle();
    expect(await value.get()).toBe(2);
  });

  it("makes callers wait if the value is older than maxStaleMs allows", async () => {
    const source = makeSource();
    const value = new Refreshed(source.read, { ttlMs: TTL_MS, maxStaleMs: TTL_MS, keepAlive });
    const first = value.get();
    source.waiting[0]?.resolve();
    await first;
    await vi.advanceTimersByTimeAsync(2 * TTL_MS);
    const both = Promise.all([value.get(), value.get()]);
    source.waiting[1]?.resolve();
    expect(await both).toEqual([2, 2]);
    expect(source.readings()).toBe(2);
  });

  it("keeps the old value if a refresh fails, and tries again after the TTL", async () => {
    const source = makeSource();
    const onError = vi.fn();
    const value = new Refreshed(source.read, { ttlMs: TTL_MS, keepAlive, onError });
    const first = value.get();
    source.waiting[0]?.resolve();
    await first;
    await vi.advanceTimersByTimeAsync(TTL_MS);
    await value.get();
    source.waiting[1]?.reject(new Error("no luck"));
    await settle();
    expect(onError).toHaveBeenCalledTimes(1);
    expect(await value.get()).toBe(1);
    expect(source.readings()).toBe(2);
    await vi.advanceTimersByTimeAsync(TTL_MS);
    await value.get();
    expect(source.readings()).toBe(3);
  });

  it("reads again if a refresh was lost with its request", async () => {
    const source = makeSource();
    const value = new Refreshed(source.read, { ttlMs: TTL_MS, keepAlive });
    const first = value.get();
    source.waiting[0]?.resolve();
    await first;
    await vi.advanceTimersByTimeAsync(TTL_MS);
    await value.get();
    await vi.advanceTimersByTimeAsync(30_000);
    await value.get();
    expect(source.readings()).toBe(3);
  });

  it("does not keep a failed first read", async () => {
    const source = makeSource();
    const value = new Refreshed(source.read, { ttlMs: TTL_MS, keepAlive });
    const first = value.get();
    source.waiting[0]?.reject(new Error("no luck"));
    await expect(first).rejects.toThrow("no luck");
    const second = value.get();
    source.waiting[1]?.resolve();
    expect(await second).toBe(2);
  });

  it("reads every time if the TTL is 0", async () => {
    let count = 0;
    const value = new Refreshed(async () => ++count, { ttlMs: 0, keepAlive });
    expect([await value.get(), await value.get()]).toEqual([1, 2]);
  });
});
