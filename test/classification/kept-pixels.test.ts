import { describe, expect, it } from "vitest";
import { KeptPixels } from "../../src/classification/kept-pixels.ts";
import { MemoryLedger } from "../../src/concurrency/memory-ledger.ts";

const makeImage = (bytes: number) => ({
  width: bytes / 3,
  height: 1,
  data: new Uint8Array(bytes),
});

function makeLedger(capacityBytes = 10_000_000) {
  return new MemoryLedger({ capacityBytes, baseBytes: 0, inputBytes: 0 });
}

describe("KeptPixels", () => {
  it("keeps pixels for the same size only, and counts them until it is closed", () => {
    const ledger = makeLedger();
    const pixels = new KeptPixels(ledger.open());
    const image = makeImage(300_000);
    pixels.keep(image, 256);
    expect(pixels.find(256)).toBe(image);
    expect(pixels.find(224)).toBeUndefined();
    expect(ledger.heldBytes).toBe(300_000);
    pixels.keep(makeImage(600_000), 320);
    expect(ledger.heldBytes).toBe(600_000);
    pixels.close();
    expect(pixels.find(320)).toBeUndefined();
    expect(ledger.heldBytes).toBe(0);
  });

  it.each([
    ["many bytes", makeImage(3_000_000), makeLedger()],
    [
      "a view of a decoder's memory",
      { ...makeImage(300), data: new Uint8Array(2_000_000).subarray(0, 300) },
      makeLedger(),
    ],
    ["more than there is memory for", makeImage(300_000), makeLedger(100_000)],
  ])("does not keep %s", (_what, image, ledger) => {
    const pixels = new KeptPixels(ledger.open());
    pixels.keep(image, 256);
    expect(pixels.find(256)).toBeUndefined();
    expect(ledger.heldBytes).toBe(0);
  });

  it("keeps nothing once it is closed", () => {
    const ledger = makeLedger();
    const pixels = new KeptPixels(ledger.open());
    pixels.close();
    pixels.keep(makeImage(300), 256);
    expect(ledger.heldBytes).toBe(0);
  });
});
