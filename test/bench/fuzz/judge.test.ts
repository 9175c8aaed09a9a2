/** What the fuzzer reports. */
import { describe, expect, it } from "vitest";
import type { FuzzResult } from "../../../bench/fuzz/fuzz-target.ts";
import { judge, medianRate } from "../../../bench/fuzz/judge.ts";

const FILE_BYTES = 1000;
/** A millisecond for the file. */
const MS_PER_BYTE = 0.001;

const sound: FuzzResult = {
  result: "decoded",
  what: "64x48",
  ms: 1,
  peakBytes: 50_000,
  estimated: { bytes: 60_000, ms: 2 },
  again: undefined,
  spoiled: undefined,
};

const kindsOf = (change: Partial<FuzzResult>) =>
  judge({ ...sound, ...change } as FuzzResult, FILE_BYTES, MS_PER_BYTE).map(({ kind }) => kind);

describe("judge()", () => {
  it.each<[string, Partial<FuzzResult>, string[]]>([
    ["accepts a picture", {}, []],
    ["accepts a typed error", { result: "refused", what: "IMAGE_CORRUPT: …" }, []],
    ["reports any other error", { result: "crashed", what: "RangeError" }, ["crashed"]],
    ["accepts up to 20 times the median", { ms: 20 }, []],
    ["reports more than 20 times the median", { ms: 21 }, ["slow"]],
    ["accepts what was estimated", { ms: 50, estimated: { bytes: 60_000, ms: 50 } }, []],
    ["reports more than was estimated", { ms: 76, estimated: { bytes: 60_000, ms: 50 } }, ["slow"]],
    ["does not report waiting", { ms: 21, process: { grownBytes: 0, cpuMs: 30 } }, []],
    ["reports work", { ms: 21, process: { grownBytes: 0, cpuMs: 50 } }, ["slow"]],
    ["reports memory above the estimate", { peakBytes: 60_001 }, ["memory"]],
    [
      "reports the memory of a file without an estimate, beyond what headers need",
      { result: "refused", peakBytes: 66_000, estimated: undefined },
      ["memory"],
    ],
    [
      "reports memory outside JavaScript",
      { process: { grownBytes: 65e6, cpuMs: 2 } },
      ["process memory"],
    ],
    ["reports other pixels", { again: "decoded: 64x48 0123abcd" }, ["not repeatable"]],
    ["reports a decoder that is spoiled", { spoiled: "refused: …" }, ["spoils the next"]],
  ])("%s", (_title, change, expected) => {
    expect(kindsOf(change)).toEqual(expected);
  });

  it.each(["hung", "died"] as const)("reports a file after which the Worker %s", (result) => {
    const verdicts = judge({ result, what: "No answer." }, FILE_BYTES, MS_PER_BYTE);
    expect(verdicts).toEqual([{ kind: result, detail: "No answer." }]);
  });

  it("does not report the noise of files that take hardly any time", () => {
    expect(judge({ ...sound, ms: 9 }, 100, 0.0001)).toEqual([]);
  });
});

describe("medianRate()", () => {
  it("is the median of the time per byte", () => {
    const times = [
      { bytes: 100, ms: 1 },
      { bytes: 1000, ms: 5 },
      { bytes: 10, ms: 100 },
    ];
    expect(medianRate(times)).toBe(0.01);
  });

  it("is 0 without files", () => {
    expect(medianRate([])).toBe(0);
  });
});
