import { describe, expect, it } from "vitest";
import { softmax } from "../../src/inference/softmax.ts";
import { topK } from "../../src/inference/top-k.ts";

describe("softmax", () => {
  it("computes exp(x) / sum", () => {
    const [a, b, c] = softmax(Float32Array.of(0, Math.log(2), Math.log(5)));
    // Logits are float32, with a relative error of 2^-24.
    expect(a).toBeCloseTo(1 / 8, 6);
    expect(b).toBeCloseTo(2 / 8, 6);
    expect(c).toBeCloseTo(5 / 8, 6);
  });

  it("does not overflow", () => {
    expect([...softmax(Float32Array.of(1e30, 1e30, -1e30))]).toEqual([0.5, 0.5, 0]);
  });
});

describe("topK", () => {
  it("orders classes by confidence, then by class index", () => {
    expect(topK(Float64Array.of(0.1, 0.3, 0.2, 0.3, 0.1), 3)).toEqual([
      { classIndex: 1, confidence: 0.3 },
      { classIndex: 3, confidence: 0.3 },
      { classIndex: 2, confidence: 0.2 },
    ]);
  });

  it("returns the start of the same list for every k, few or many", () => {
    const probabilities = Float64Array.from({ length: 100 }, (_, i) => ((i * 37) % 20) / 1000);
    const all = topK(probabilities, 100);
    for (let k = 1; k <= 100; k++) expect(topK(probabilities, k)).toEqual(all.slice(0, k));
  });
});
