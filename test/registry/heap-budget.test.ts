import { expect, it } from "vitest";
import { estimateHeap } from "../../src/registry/heap-budget.ts";

/** What npm run eval:quantize measured, in MB: a network's file, and the heap with it alone. */
const MEASURED = [
  ["EfficientNet-Lite0, float32", 18.5, 69.7],
  ["EfficientNet-Lite0, int8", 6.1, 41.9],
  ["MobileNetV2, float32", 14.0, 48.6],
  ["MobileNetV2, int8", 4.9, 35.2],
  ["MobileNetV2, int8 as QDQ", 5.1, 41.9],
  ["ResNet-18, float32", 45.3, 136.2],
  ["ResNet-18, int8", 11.5, 52.2],
] as const;
const MB = 1e6;

it.each(MEASURED)("the estimate is near what was measured, and not below: %s", (_, file, heap) => {
  const estimate = estimateHeap(17 * MB, 0, file * MB) / MB;
  // The runtime enlarges its heap by a fifth at a time.
  expect(estimate).toBeGreaterThan(0.94 * heap);
  expect(estimate).toBeLessThan(1.4 * heap);
});

it("what is held counts, and the heap never shrinks", () => {
  const alone = estimateHeap(17 * MB, 0, 6 * MB);
  expect(estimateHeap(17 * MB, 10 * MB, 6 * MB)).toBe(alone + 20 * MB);
  expect(estimateHeap(100 * MB, 0, 6 * MB)).toBe(100 * MB);
});
