/** Counting in logs, and the verdict on a new version. */
import { describe, expect, it } from "vitest";
import {
  type ComparisonCounts,
  countRecords,
  judgeComparison,
} from "../../cli/registry/comparison.ts";
import { readLogRecords } from "../../cli/registry/read-log-records.ts";
import { NEW, shadowLine } from "./support/shadow-log.ts";

describe("log lines", () => {
  const line = shadowLine({ agreed: true, note: 'a "}" in { text' });

  it("are extracted from other lines", () => {
    const text = `[wrangler:info] Ready {on} http://x\n${JSON.stringify(line)}\nGET / 200 OK {\n${JSON.stringify(line)}\n`;
    expect(readLogRecords(text)).toEqual([line, line]);
  });

  it("are extracted from the output of wrangler tail", () => {
    const event = {
      outcome: "ok",
      logs: [
        { message: [JSON.stringify(line)], level: "log" },
        { message: ["plain"], level: "log" },
      ],
      event: { request: { url: "https://x" } },
    };
    const text = [event, event].map((e) => JSON.stringify(e, null, 2)).join("\n");
    expect(readLogRecords(text)).toEqual([line, line]);
  });

  it("are counted for the given alias and version only", () => {
    const records = [
      shadowLine({ agreed: true }),
      shadowLine({ agreed: false }),
      // The version itself had answered; the other one ran.
      shadowLine({ agreed: true, ran: "model" }),
      shadowLine({ code: "MODEL_BUDGET" }),
      shadowLine({ code: "MODEL_BUDGET", ran: "model" }),
      shadowLine({ agreed: true, name: "other" }),
      shadowLine({ agreed: true, shadow: "tiny@1.2.0" }),
      { level: "info", classifications: [{ model: NEW }, { model: "tiny@1.0.0" }] },
      { level: "info", classifications: [{ model: "tiny@1.0.0" }], failedModels: [NEW] },
    ];
    expect(countRecords(records, "default", NEW)).toEqual({
      compared: 3,
      agreed: 2,
      runs: 5,
      failures: 2,
    });
  });
});

describe("the verdict", () => {
  const bounds = { maxDisagreement: 0.1, maxErrorRate: 0.02 };
  const judge = (counts: Partial<ComparisonCounts>) =>
    judgeComparison({ compared: 1000, agreed: 950, runs: 1000, failures: 0, ...counts }, bounds);

  it.each<[what: string, verdict: string, counts: Partial<ComparisonCounts>]>([
    ["shares below both bounds", "keep", {}],
    ["disagreement beyond chance", "demote", { agreed: 850 }],
    ["disagreement that chance can explain", "undecided", { agreed: 890 }],
    ["too few images", "undecided", { compared: 5, agreed: 4, runs: 5 }],
    ["failures beyond chance", "demote", { failures: 40 }],
    ["failures that chance can explain", "undecided", { failures: 22 }],
    ["no images", "undecided", { compared: 0, agreed: 0, runs: 0 }],
  ])("given %s is %s", (_, verdict, counts) => {
    expect(judge(counts).verdict).toBe(verdict);
  });

  it("uses Wilson's interval", () => {
    // Of 10 of 100: 0.0552 to 0.1744, as in Newcombe 1998's tables of that method.
    const { disagreement } = judge({ compared: 100, agreed: 90 });
    expect(disagreement.low).toBeCloseTo(0.0552, 4);
    expect(disagreement.high).toBeCloseTo(0.1744, 4);
  });
});
