import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { OncePerKey } from "../../src/concurrency/once-per-key.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const make = (maxKeys = 3) => new OncePerKey<string>(maxKeys, () => {});

it("OncePerKey shares one run among concurrent callers, and does not keep failures", async () => {
  const results = make();
  const work = vi.fn(async () => "value");
  expect(await Promise.all([results.get("a", work), results.get("a", work)])).toEqual([
    "value",
    "value",
  ]);
  expect(work).toHaveBeenCalledTimes(1);
  await expect(results.get("b", () => Promise.reject(new Error("no luck")))).rejects.toThrow();
  expect(await results.get("b", work)).toBe("value");
});

it("OncePerKey drops the least recently used key if there are too many", async () => {
  const results = make(3);
  const runs: string[] = [];
  const get = (key: string) =>
    results.get(key, async () => {
      runs.push(key);
      return key;
    });
  for (const key of ["a", "b", "c", "a", "d"]) await get(key);
  expect(["a", "b", "c", "d"].map((key) => results.has(key))).toEqual([true, false, true, true]);
  for (let i = 0; i < 1000; i++) await get(`made up ${i}`);
  expect(runs).toHaveLength(1004);
  expect(results.has("made up 996")).toBe(false);
  expect(results.has("made up 997")).toBe(true);
});

it("OncePerKey starts again if the work was lost with its request", async () => {
  const results = make();
  const lost = () => new Promise<string>(() => {});
  void results.get("a", lost);
  await vi.advanceTimersByTimeAsync(30_001);
  expect(await results.get("a", async () => "value")).toBe("value");
});
