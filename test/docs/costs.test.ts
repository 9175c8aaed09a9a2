/** Prices state their source and date, and estimates are calculated as the page says. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
const page = await read("docs/costs.md");
const readme = await read("README.md");

const rows = page
  .split("\n")
  .filter((line) => /^\|.*\$/.test(line))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe("docs/costs.md", () => {
  it("has the prices of all services and of what a Worker uses", () => {
    expect(rows.length).toBeGreaterThanOrEqual(9);
  });

  it.each(rows)("states the source and the month of the price of %s", (...cells) => {
    const [source, date] = cells.slice(-2);
    expect(source).toMatch(/\]\(https:\/\/|\]\(#|^the same page$/);
    expect(date).toMatch(
      /^(?:January|February|March|April|May|June|July|August|September|October|November|December) 20\d\d$/,
    );
  });

  it.each(["default", "resnet18"])(
    "calculates the estimate for %s from its own figures",
    (alias) => {
      const sum = new RegExp(
        `\`${alias}\`: ([\\d.]+) million ms × \\$([\\d.]+) \\+ \\$([\\d.]+) = \\$([\\d.]+)`,
      ).exec(page);
      const [ms = 0, perMillionMs = 0, perMillion = 0, total = 0] = (sum ?? [])
        .slice(1)
        .map(Number);
      expect(ms).toBeGreaterThan(0);
      expect((ms * perMillionMs + perMillion).toFixed(2)).toBe(total.toFixed(2));
      expect(page).toContain(`${ms} ms with \`${alias}\``);
      const row = rows.find(([service]) => service?.includes(`\`${alias}\``));
      expect(row?.[1]).toBe(`$${total.toFixed(2)} (estimate)`);
      expect(page).toContain(`$${perMillionMs} per million ms`);
      expect(page).toMatch(new RegExp(`\\$${perMillion.toFixed(2)} per million`));
      if (alias === "default") expect(readme).toContain(`an estimated $${total.toFixed(2)} with`);
    },
  );
});
