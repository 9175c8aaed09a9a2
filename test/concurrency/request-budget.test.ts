import { describe, expect, it } from "vitest";
import { PASS_MS, RequestBudget } from "../../src/concurrency/request-budget.ts";

describe("RequestBudget", () => {
  it("rejects all fields of a request together if they ask for too many passes", async () => {
    const budget = new RequestBudget({ maxPasses: 3, maxWorkMs: 1e6 });
    const fields = [2, 1, 1].map((count) => budget.payPasses(count));
    const outcomes = await Promise.allSettled(fields);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    await expect(budget.payPasses(0)).rejects.toMatchObject({
      code: "REQUEST_TOO_COSTLY",
      details: { limit: "maxPasses", max: 3, value: 4 },
    });
  });

  it("adds up passes and other work", async () => {
    const budget = new RequestBudget({ maxPasses: 10, maxWorkMs: 3 * PASS_MS });
    await budget.payPasses(2);
    await budget.pay(PASS_MS);
    await expect(budget.pay(0.5)).rejects.toMatchObject({
      code: "REQUEST_TOO_COSTLY",
      details: { limit: "maxWorkMs", max: 3 * PASS_MS, value: 3 * PASS_MS + 1 },
    });
  });
});
