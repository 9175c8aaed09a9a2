import { describe, expect, it } from "vitest";
import { pickArm } from "../../src/models/pick-arm.ts";

const SPLIT = [
  { version: "1.0.0", weight: 90 },
  { version: "1.1.0", weight: 10 },
];
const REQUESTS = 10_000;

async function shareOfSecond(name: string): Promise<number> {
  let second = 0;
  for (let i = 0; i < REQUESTS; i++) {
    if ((await pickArm(name, `client ${i}`, SPLIT)).version === "1.1.0") second++;
  }
  return second / REQUESTS;
}

describe("a split", () => {
  it("of 90 to 10 is kept within a point over 10,000 callers", async () => {
    // The standard deviation is 0.3 points; the keys are fixed, so that the outcome is too.
    expect(Math.abs((await shareOfSecond("default")) - 0.1)).toBeLessThan(0.01);
  });

  it("gives one caller the same arm each time", async () => {
    for (let i = 0; i < 100; i++) {
      const picks = await Promise.all(
        [1, 2, 3].map(() => pickArm("default", `client ${i}`, SPLIT)),
      );
      expect(new Set(picks).size).toBe(1);
    }
  });

  it("is drawn independently of another alias's", async () => {
    let both = 0;
    for (let i = 0; i < REQUESTS; i++) {
      const [a, b] = await Promise.all(
        ["default", "other"].map((name) => pickArm(name, `client ${i}`, SPLIT)),
      );
      if (a?.version === "1.1.0" && b?.version === "1.1.0") both++;
    }
    // 10 % of 10 %; five standard deviations are half a point.
    expect(Math.abs(both / REQUESTS - 0.01)).toBeLessThan(0.005);
  });

  it("keeps its callers where the second arm grows", async () => {
    const wider = [
      { version: "1.0.0", weight: 80 },
      { version: "1.1.0", weight: 20 },
    ];
    for (let i = 0; i < 1000; i++) {
      const before = await pickArm("default", `client ${i}`, SPLIT);
      const after = await pickArm("default", `client ${i}`, wider);
      if (before.version === "1.0.0") continue;
      expect(after.version).toBe("1.1.0");
    }
  });
});
