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

describe("pickArm", () => {
  it("divides 10,000 callers 90 to 10 within one percentage point", async () => {
    // The standard deviation is 0.3 points. The keys are fixed, so the outcome is too.
    expect(Math.abs((await shareOfSecond("default")) - 0.1)).toBeLessThan(0.01);
  });

  it("divides callers by weights whose sum would be infinite", async () => {
    const arms = [
      { version: "1.0.0", weight: 1.5e308 },
      { version: "1.1.0", weight: 1.5e308 },
    ];
    const picked = new Set<string>();
    for (let i = 0; i < 20; i++)
      picked.add((await pickArm("default", `client ${i}`, arms)).version);
    expect(picked.size).toBe(2);
  });

  it("always picks the same arm for the same caller", async () => {
    for (let i = 0; i < 100; i++) {
      const picks = await Promise.all(
        [1, 2, 3].map(() => pickArm("default", `client ${i}`, SPLIT)),
      );
      expect(new Set(picks).size).toBe(1);
    }
  });

  it("picks independently for different aliases", async () => {
    let both = 0;
    for (let i = 0; i < REQUESTS; i++) {
      const [a, b] = await Promise.all(
        ["default", "other"].map((name) => pickArm(name, `client ${i}`, SPLIT)),
      );
      if (a?.version === "1.1.0" && b?.version === "1.1.0") both++;
    }
    // Expected are 10 % of 10 %. Five standard deviations are half a percentage point.
    expect(Math.abs(both / REQUESTS - 0.01)).toBeLessThan(0.005);
  });

  it("keeps the callers of the second arm if its weight grows", async () => {
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
