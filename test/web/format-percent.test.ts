import { expect, it } from "vitest";
import { formatPercent } from "../../web/src/i18n/language.ts";

it.each([
  [0.4386, 0, "44%"],
  [0.4386, 1, "43.9%"],
  [0.995, 0, "99%"],
  [0.99996, 1, "99.9%"],
  [1, 0, "100%"],
  [1, 1, "100.0%"],
])("formatPercent(%s, %s) is %s: only a confidence of 1 is 100%%", (fraction, digits, text) => {
  expect(formatPercent(fraction, digits)).toBe(text);
});
