import { describe, expect, it } from "vitest";
import { measureHeap } from "../../bench/measure-heap.ts";
import { parseConfig } from "../../src/config.ts";
import { ENGINE_NAMES, ENGINES } from "../../src/inference/engines/engine.ts";
import { estimateHeap, explainShortage } from "../../src/models/memory-budget.ts";

const MB = 1e6;
const EMPTY = 17 * MB;

/** Measured by npm run eval:quantize, in MB: the file of a network, and the heap with only that network. */
const MEASURED = [
  ["EfficientNet-Lite0, float32", 18.5, 41.9],
  ["EfficientNet-Lite0, int8", 6.1, 30.0],
  ["MobileNetV2, float32", 14.0, 34.9],
  ["ResNet-18 of 277 classes, int8", 11.6, 29.1],
  ["ResNet-18, int8", 17.0, 41.9],
] as const;

/** The tolerance allows for the steps in which the runtime enlarges its heap: a fifth of its size. */
function expectNear(estimate: number, heap: number, what: string): void {
  expect(estimate / heap, what).toBeGreaterThan(0.92);
  expect(estimate / heap, what).toBeLessThan(1.35);
}

describe("estimateHeap", () => {
  it.each(MEASURED)("is close to the measured heap with one network: %s", (name, file, heap) => {
    expectNear(estimateHeap(file * MB, { heldBytes: [], heapBytes: EMPTY }), heap * MB, name);
  });

  it.each([
    ["onnxruntime", ["efficientnet-lite0", "resnet18", "resnet18", "efficientnet-lite0"]],
    ["litert", ["efficientnet-lite0", "resnet18"]],
    ["litert", ["resnet18", "efficientnet-lite0"]],
  ] as const)("is close to the heap of %s with the networks %s", async (engine, ids) => {
    const steps = await measureHeap(
      ids.map((id) => new URL(`../../models/${id}`, import.meta.url).pathname),
      engine,
    );
    for (const [i, { estimateBytes, heapBytes }] of steps.entries()) {
      expectNear(estimateBytes, heapBytes, `${i}: ${ids[i]}`);
    }
  });

  it("is never below the current size of the heap", () => {
    expect(estimateHeap(6 * MB, { heldBytes: [], heapBytes: 100 * MB })).toBe(100 * MB);
  });
});

describe("explainShortage with the default limits", () => {
  const { modelLimits } = parseConfig({});
  const RESNET = 16_993_102;
  const EFFICIENTNET = 6_116_429;
  /** Made with model quantize. */
  const TORCHVISION_RESNET = 12_253_067;
  const shortage = (heldBytes: number[], newBytes: number) =>
    explainShortage("new@1.0.0", newBytes, { heldBytes, heapBytes: EMPTY }, modelLimits);

  it.each(ENGINE_NAMES)("lets %s hold both embedded networks, in either order", (name) => {
    const files = { onnxruntime: [EFFICIENTNET, RESNET], litert: [6_508_672, 17_095_264] } as const;
    for (const [held, loaded] of [files[name], files[name].toReversed()]) {
      const use = { heldBytes: [held as number], heapBytes: EMPTY };
      const shortage = explainShortage(
        "new@1.0.0",
        loaded as number,
        use,
        modelLimits,
        ENGINES[name],
      );
      expect(shortage).toBeUndefined();
    }
  });

  it("allows both embedded networks in either order, or two versions of TorchVision's ResNet-18", () => {
    expect(shortage([EFFICIENTNET], RESNET)).toBeUndefined();
    expect(shortage([RESNET], EFFICIENTNET)).toBeUndefined();
    expect(shortage([TORCHVISION_RESNET], TORCHVISION_RESNET)).toBeUndefined();
    expect(shortage([EFFICIENTNET, EFFICIENTNET], EFFICIENTNET)).toBeUndefined();
  });

  it("returns MODEL_BUDGET if the files are too large together", () => {
    expect(shortage([RESNET], RESNET)).toMatchObject({
      code: "MODEL_BUDGET",
      message: expect.stringMatching(/new@1\.0\.0.*16993102.*MODEL_MEMORY_BYTES/),
      details: { neededBytes: 2 * RESNET, budgetBytes: modelLimits.modelBytes },
    });
  });

  it("returns MODEL_BUDGET if the heap would be too large", () => {
    const limits = { ...modelLimits, heapBytes: 50 * MB };
    const use = { heldBytes: [8 * MB], heapBytes: EMPTY };
    expect(explainShortage("new@1.0.0", RESNET, use, limits)).toMatchObject({
      code: "MODEL_BUDGET",
      message: expect.stringMatching(/new@1\.0\.0.*MODEL_HEAP_BYTES/),
      details: { budgetBytes: 50 * MB },
    });
  });
});
