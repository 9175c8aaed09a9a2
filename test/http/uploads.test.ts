import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryLedger } from "../../src/concurrency/memory-ledger.ts";
import { Uploads } from "../../src/http/uploads.ts";

const INPUT_BYTES = 1000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const ledger = new MemoryLedger({
    capacityBytes: 10_000,
    baseBytes: 0,
    inputBytes: INPUT_BYTES,
  });
  const uploads = new Uploads(ledger, INPUT_BYTES);
  /** Begins a body of a caller, which receives `pace` bytes every 100 ms until it has to give way. */
  async function begin(address: string, bytes: number, pace: number) {
    const account = ledger.open();
    const upload = uploads.begin(address, account);
    await upload.reserve(bytes);
    const close = () => {
      clearInterval(timer);
      upload.close();
      account.close();
    };
    const timer = setInterval(() => {
      if (upload.isDropped) close();
      else upload.receive(pace);
    }, 100);
    return { upload, close };
  }
  return { begin, uploads, ledger };
}

describe("Uploads", () => {
  it("lets the slowest body give way to a newcomer", async () => {
    const { begin } = setUp();
    const slow = await begin("a", 400, 1);
    const fast = await begin("b", 400, 50);
    await vi.advanceTimersByTimeAsync(2500);
    const newcomer = begin("c", 500, 50);
    await vi.advanceTimersByTimeAsync(500);
    await newcomer;
    expect([slow.upload.isDropped, fast.upload.isDropped]).toEqual([true, false]);
  });

  it("takes a body that began fast and stopped for slow", async () => {
    const { begin } = setUp();
    const stalled = await begin("a", 400, 0);
    stalled.upload.receive(399_000);
    const steady = await begin("b", 400, 5);
    await vi.advanceTimersByTimeAsync(5000);
    const newcomer = begin("c", 500, 50);
    await vi.advanceTimersByTimeAsync(500);
    await newcomer;
    expect([stalled.upload.isDropped, steady.upload.isDropped]).toEqual([true, false]);
  });

  it("lets a body that stands still give way soon, although it began fast", async () => {
    const { begin, uploads, ledger } = setUp();
    const account = ledger.open();
    const stalled = uploads.begin("a", account);
    await stalled.reserve(800);
    stalled.receive(799_000);
    await vi.advanceTimersByTimeAsync(600);
    const newcomer = begin("c", 500, 50);
    expect(stalled.isDropped).toBe(true);
    account.close();
    await vi.advanceTimersByTimeAsync(300);
    await newcomer;
  });

  it("prefers the bodies of an address that holds more than its share, even if others are slower", async () => {
    const { begin } = setUp();
    const greedy = await Promise.all([begin("a", 300, 40), begin("a", 300, 50)]);
    const slow = await begin("b", 300, 1);
    await vi.advanceTimersByTimeAsync(2500);
    const newcomer = begin("c", 200, 50);
    await vi.advanceTimersByTimeAsync(500);
    await newcomer;
    expect(greedy.map(({ upload }) => upload.isDropped)).toEqual([true, false]);
    expect(slow.upload.isDropped).toBe(false);
  });

  it("does not let an address that holds more than its share push others out", async () => {
    const { begin, uploads, ledger } = setUp();
    // Complete bodies of the same address, which wait for their turn.
    for (let i = 0; i < 2; i++) {
      const account = ledger.open();
      const upload = uploads.begin("a", account);
      await upload.reserve(300);
      upload.end();
    }
    const slow = await begin("b", 300, 1);
    await vi.advanceTimersByTimeAsync(2500);
    await expect(begin("a", 300, 50)).rejects.toMatchObject({ code: "OVERLOADED" });
    expect(slow.upload.isDropped).toBe(false);
  });

  it("waits until bodies that have just begun can be compared", async () => {
    const { begin } = setUp();
    const slow = await begin("a", 450, 1);
    const newcomer = begin("b", 600, 50);
    await vi.advanceTimersByTimeAsync(700);
    expect(slow.upload.isDropped).toBe(false);
    await vi.advanceTimersByTimeAsync(700);
    await newcomer;
    expect(slow.upload.isDropped).toBe(true);
  });

  it("rejects a newcomer if the memory is held by complete bodies", async () => {
    const { begin } = setUp();
    const complete = await begin("a", 450, 1);
    complete.upload.end();
    await expect(begin("b", 600, 50)).rejects.toMatchObject({ code: "OVERLOADED" });
  });

  it("forgets the bytes of an address when its requests are answered", async () => {
    const { begin, ledger } = setUp();
    const first = await begin("a", 900, 100);
    first.close();
    expect(ledger.freeInputBytes).toBe(INPUT_BYTES);
    await begin("a", 900, 100);
  });
});
