import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refreshed } from "../../src/concurrency/refreshed.ts";

const TTL_MS = 1000;
const keepAlive = () => {};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Gives 1, 2, 3 …, each when it is let go. */
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

describe("a refreshed value", () => {
  it("is read once for all who come first", async () => {
    const source = makeSource();
    const value = new Refreshed(source.read, { ttlMs: TTL_MS, keepAlive });
    const both = Promise.all([value.get(), value.get()]);
    source.waiting[0]?.resolve();
    expect(await both).toEqual([1, 1]);
    expect(source.readings()).toBe(1);
  });

  it("makes nobody wait when its time is over", async () => {
    const source = makeSource();
    const value = new Refreshed(source.read, { ttlMs: TTL_MS, keepAlive });
    const first = value.get();
    source.waiting[0]?.resolve();
    await first;
    await vi.advanceTimersByTimeAsync(TTL_MS - 1);
    await value.get();
    expect(source.readings()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    // The second reading is under way, and stays so.
    expect(await value.get()).toBe(1);
    expect(await value.get()).toBe(1);
    expect(source.readings()).toBe(2);
    source.waiting[1]?.resolve();
    await settle();
    expect(await value.get()).toBe(2);
  });

  it("makes callers wait once it is staler than allowed", async () => {
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

  it("stays what it was where a refresh fails, and tries again later", async () => {
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

  it("is read again where a refresh was lost with its request", async () => {
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

  it("forgets a first reading that failed", async () => {
    const source = makeSource();
    const value = new Refreshed(source.read, { ttlMs: TTL_MS, keepAlive });
    const first = value.get();
    source.waiting[0]?.reject(new Error("no luck"));
    await expect(first).rejects.toThrow("no luck");
    const second = value.get();
    source.waiting[1]?.resolve();
    expect(await second).toBe(2);
  });

  it("is read each time where it is trusted for no time", async () => {
    let count = 0;
    const value = new Refreshed(async () => ++count, { ttlMs: 0, keepAlive });
    expect([await value.get(), await value.get()]).toEqual([1, 2]);
  });
});
