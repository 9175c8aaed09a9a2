import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AdmissionQueue } from "../../src/concurrency/admission-queue.ts";

const never = () => new Promise<never>(() => {});

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("AdmissionQueue", () => {
  it("runs work one at a time in order of arrival, even after failures", async () => {
    const queue = new AdmissionQueue(10, () => {});
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 10));
      events.push(`${name} ends`);
      if (name === "b") throw new Error("b failed");
      return name;
    };
    const results = Promise.allSettled(["a", "b", "c"].map((name) => queue.open().run(work(name))));
    await vi.runAllTimersAsync();
    expect((await results).map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    expect(events).toEqual(["a", "b", "c"].flatMap((name) => [`${name} begins`, `${name} ends`]));
    expect(queue.length).toBe(0);
  });

  it("rejects work with OVERLOADED if it is full, unless the request is already admitted", async () => {
    const queue = new AdmissionQueue(1, () => {});
    const turns = queue.open();
    const first = turns.run(async () => "first");
    const second = queue.open().run(async () => "second");
    await expect(queue.open().run(async () => "third")).rejects.toMatchObject({
      code: "OVERLOADED",
    });
    const admitted = turns.run(async () => "admitted");
    await vi.runAllTimersAsync();
    expect(await Promise.all([first, second, admitted])).toEqual(["first", "second", "admitted"]);
  });

  it("yields before the first turn of a request only if there are others, and before its later turns", async () => {
    const queue = new AdmissionQueue(1, () => {});
    const isBegunAtOnce = async (turns = queue.open()) => {
      let begun = false;
      const turn = turns.run(async () => {
        begun = true;
      });
      await Promise.resolve();
      const atOnce = begun;
      await vi.runAllTimersAsync();
      await turn;
      return atOnce;
    };
    const leaveFirst = queue.enter();
    expect(await isBegunAtOnce()).toBe(true);
    expect(await isBegunAtOnce()).toBe(true);
    const leaveSecond = queue.enter();
    expect(await isBegunAtOnce()).toBe(false);
    leaveFirst();
    const turns = queue.open();
    expect(await isBegunAtOnce(turns)).toBe(true);
    expect(await isBegunAtOnce(turns)).toBe(false);
    leaveSecond();
  });

  it("yields to the event loop between turns, but not if it was idle", async () => {
    const queue = new AdmissionQueue(1, () => {});
    await queue.open().run(async () => {});
    let begun = false;
    const next = queue.open().run(async () => {
      begun = true;
    });
    await Promise.resolve();
    expect(begun).toBe(false);
    await vi.runAllTimersAsync();
    await next;
    await vi.advanceTimersByTimeAsync(10);
    begun = false;
    const later = queue.open().run(async () => {
      begun = true;
    });
    await Promise.resolve();
    expect(begun).toBe(true);
    await later;
  });

  it("continues after a turn that never ends", async () => {
    const queue = new AdmissionQueue(10, () => {});
    void queue.open().run(never);
    const waiting = queue.open().run(async () => "served");
    await vi.advanceTimersByTimeAsync(25_000);
    expect(queue.length).toBe(2);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await waiting).toBe("served");
    expect(queue.length).toBe(0);
  });

  it("still runs one turn at a time if a turn ends after it was given up as lost", async () => {
    const queue = new AdmissionQueue(10, () => {});
    let endSlowly = () => {};
    const slow = queue.open().run(() => new Promise<void>((resolve) => (endSlowly = resolve)));
    await vi.advanceTimersByTimeAsync(31_000);
    let active = 0;
    const next = [1, 2].map(() =>
      queue.open().run(async () => {
        active++;
        expect(active).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 10));
        active--;
      }),
    );
    await vi.advanceTimersByTimeAsync(5);
    endSlowly();
    await vi.runAllTimersAsync();
    await Promise.all([slow, ...next]);
    expect(queue.length).toBe(0);
  });
});
