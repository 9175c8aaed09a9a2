import { describe, expect, it, vi } from "vitest";
import { MemoryLedger } from "../../src/concurrency/memory-ledger.ts";

const makeLedger = () => new MemoryLedger({ capacityBytes: 100, baseBytes: 10, inputBytes: 40 });
const overloaded = expect.objectContaining({ code: "OVERLOADED" });

describe("MemoryLedger", () => {
  it("counts what is at rest, what is reserved and what gauges read", () => {
    const ledger = makeLedger();
    let heap = 0;
    ledger.addGauge(() => heap);
    const account = ledger.open();
    expect(ledger.heldBytes).toBe(10);
    account.reserve(20, "input");
    account.reserve(30, "work");
    heap = 25;
    expect(ledger.heldBytes).toBe(85);
    expect(() => account.reserve(16, "work")).toThrow(overloaded);
    account.reserve(15, "work");
    expect(ledger.heldBytes).toBe(100);
  });

  it("gives input only its part, so that work stays possible", () => {
    const ledger = makeLedger();
    ledger.open().reserve(30, "input");
    expect(ledger.freeInputBytes).toBe(10);
    expect(() => ledger.open().reserve(11, "input")).toThrow(overloaded);
    expect(ledger.open().reserve(60, "work").bytes).toBe(60);
    expect(ledger.freeInputBytes).toBe(0);
  });

  it("releases each hold once, and the rest when the account is closed", () => {
    const ledger = makeLedger();
    const account = ledger.open();
    const hold = account.reserve(20, "work");
    account.reserve(5, "input");
    expect(account.heldBytes).toBe(25);
    hold.release();
    hold.release();
    expect(ledger.heldBytes).toBe(15);
    account.close();
    account.close();
    expect(ledger.heldBytes).toBe(10);
    expect(ledger.peakBytes).toBe(35);
  });

  it("closes accounts that were lost with their requests, but only if memory is short", () => {
    vi.useFakeTimers();
    try {
      const ledger = makeLedger();
      ledger.open().reserve(40, "input");
      vi.advanceTimersByTime(100_000);
      expect(() => ledger.open().reserve(1, "input")).toThrow(overloaded);
      vi.advanceTimersByTime(21_000);
      expect(ledger.freeInputBytes).toBe(0);
      ledger.open().reserve(40, "input");
      expect(ledger.heldBytes).toBe(50);
    } finally {
      vi.useRealTimers();
    }
  });

  it("reclaims memory for work that has no room otherwise, but never for input", () => {
    const ledger = makeLedger();
    let heap = 70;
    let reclaimed = 0;
    ledger.addGauge(() => heap);
    ledger.addReclaimer(() => {
      reclaimed++;
      heap = 0;
    });
    expect(() => ledger.open().reserve(21, "input")).toThrow(overloaded);
    ledger.open().reserve(20, "work");
    expect(reclaimed).toBe(0);
    ledger.open().reserve(70, "work");
    expect(reclaimed).toBe(1);
    expect(ledger.heldBytes).toBe(100);
    expect(() => ledger.open().reserve(1, "work")).toThrow(overloaded);
  });
});
