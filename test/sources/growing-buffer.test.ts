import { describe, expect, it } from "vitest";
import { MemoryLedger } from "../../src/concurrency/memory-ledger.ts";
import { GrowingBuffer } from "../../src/sources/growing-buffer.ts";

function setUp(maxBytes: number, expectedBytes?: number) {
  const ledger = new MemoryLedger({ capacityBytes: 1e9, baseBytes: 0, inputBytes: 1e9 });
  const account = ledger.open();
  let reservations = 0;
  const buffer = new GrowingBuffer({
    maxBytes,
    expectedBytes,
    reserve(bytes) {
      reservations++;
      return account.reserve(bytes, "input");
    },
  });
  return { buffer, ledger, count: () => reservations };
}

describe("GrowingBuffer", () => {
  it("takes as much memory as is expected, once", async () => {
    const { buffer, ledger, count } = setUp(10_000, 5000);
    for (let i = 0; i < 5; i++) await buffer.add(new Uint8Array(1000).fill(i));
    expect([ledger.heldBytes, ledger.peakBytes, count()]).toEqual([5000, 5000, 1]);
    expect(buffer.finish()).toEqual(Uint8Array.from({ length: 5000 }, (_, i) => i / 1000));
  });

  it("takes no more than twice what has arrived, however small the chunks are", async () => {
    const { buffer, ledger, count } = setUp(1_000_000);
    for (let i = 0; i < 300_000; i++) await buffer.add(Uint8Array.of(i & 255));
    expect(buffer.finish()).toHaveLength(300_000);
    expect(ledger.heldBytes).toBeLessThanOrEqual(600_000);
    expect(count()).toBeLessThan(5);
  });

  it("never reserves more than its limit, and rejects what exceeds it", async () => {
    const { buffer, ledger } = setUp(100_000);
    await buffer.add(new Uint8Array(70_000));
    await buffer.add(new Uint8Array(30_000));
    expect(ledger.heldBytes).toBe(100_000);
    await expect(buffer.add(Uint8Array.of(1))).rejects.toThrow("More than 100000 bytes");
  });

  it("grows if more arrives than was announced", async () => {
    const { buffer } = setUp(10_000, 10);
    for (let i = 0; i < 10; i++) await buffer.add(new Uint8Array(7).fill(i));
    expect(buffer.finish()).toEqual(Uint8Array.from({ length: 70 }, (_, i) => i / 7));
  });
});
