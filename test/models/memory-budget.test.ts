import { describe, expect, it } from "vitest";
import { measureHeap } from "../../bench/measure-heap.ts";
import { parseConfig } from "../../src/config.ts";
import { estimateHeap, findLack } from "../../src/models/memory-budget.ts";

const MB = 1e6;
const EMPTY = 17 * MB;

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

/** The runtime enlarges its heap by a fifth at a time. */
function expectNear(estimate: number, heap: number, what: string): void {
  expect(estimate / heap, what).toBeGreaterThan(0.94);
  expect(estimate / heap, what).toBeLessThan(1.3);
}

describe("the estimate is near the heap", () => {
  it.each(MEASURED)("with one network: %s", (name, file, heap) => {
    expectNear(estimateHeap(file * MB, { heldBytes: [], heapBytes: EMPTY }), heap * MB, name);
  });

  it("with several, loaded one after another", async () => {
    const [resnet, efficientnet] = ["resnet18-in277", "efficientnet-lite0"] as const;
    const ids = [resnet, resnet, efficientnet, efficientnet, resnet];
    const steps = await measureHeap(
      ids.map((id) => new URL(`../../models/${id}`, import.meta.url).pathname),
    );
    for (const [i, { estimateBytes, heapBytes }] of steps.entries()) {
      expectNear(estimateBytes, heapBytes, `${i}: ${ids[i]}`);
    }
  });
});

it("the heap never shrinks", () => {
  expect(estimateHeap(6 * MB, { heldBytes: [], heapBytes: 100 * MB })).toBe(100 * MB);
});

describe("there is room by default", () => {
  const { modelLimits } = parseConfig({});
  const RESNET = 11_577_143;
  const EFFICIENTNET = 6_328_124;
  /** 1000 classes, as model quantize makes it. */
  const TORCHVISION_RESNET = 12_253_067;
  const lack = (heldBytes: number[], newBytes: number) =>
    findLack("new@1.0.0", newBytes, { heldBytes, heapBytes: EMPTY }, modelLimits);

  it("for two versions of TorchVision's ResNet-18 or an embedded network, or one of each", () => {
    expect(lack([TORCHVISION_RESNET], TORCHVISION_RESNET)).toBeUndefined();
    expect(lack([RESNET], RESNET)).toBeUndefined();
    expect(lack([EFFICIENTNET], RESNET)).toBeUndefined();
    expect(lack([RESNET, EFFICIENTNET], EFFICIENTNET)).toBeUndefined();
  });

  it("but not for more: the files are too large, or the heap would be", () => {
    expect(lack([RESNET, RESNET], EFFICIENTNET)).toMatchObject({
      code: "MODEL_BUDGET",
      message: expect.stringMatching(
        /new@1\.0\.0.*models in use hold 23154286.*MODEL_MEMORY_BYTES/,
      ),
      details: { neededBytes: 2 * RESNET + EFFICIENTNET, budgetBytes: modelLimits.modelBytes },
    });
    expect(lack([4 * MB, 4 * MB, 4 * MB], RESNET)).toMatchObject({
      code: "MODEL_BUDGET",
      message: expect.stringMatching(/new@1\.0\.0.*MODEL_HEAP_BYTES/),
      details: { budgetBytes: modelLimits.heapBytes },
    });
  });
});
