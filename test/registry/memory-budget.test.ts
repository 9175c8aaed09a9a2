import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readModelFolder } from "../../cli/model/model-folder.ts";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import { parseConfig } from "../../src/config.ts";
import { loadNetwork } from "../../src/inference/network.ts";
import { estimateHeap, findLack } from "../../src/registry/memory-budget.ts";

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
    const runtime = await startNodeRuntime();
    const heldBytes: number[] = [];
    const load = async (id: string) => {
      const path = new URL(`../../models/${id}`, import.meta.url).pathname;
      const { manifest } = await readModelFolder(path);
      const bytes = new Uint8Array(await readFile(`${path}/${manifest.files.model.path}`));
      const before = runtime.heapBytes();
      const network = await loadNetwork(runtime, bytes, {
        inputName: manifest.input.name,
        inputShape: manifest.input.shape,
        outputs: manifest.outputs,
        classCount: manifest.labels.synsets?.length ?? 1000,
      });
      await network.run(new Float32Array(manifest.input.shape.reduce((a, b) => a * b)));
      const estimate = estimateHeap(bytes.length, { heldBytes, heapBytes: before });
      heldBytes.push(bytes.length);
      expectNear(estimate, runtime.heapBytes(), `${heldBytes.length}: ${id}`);
    };
    const [resnet, efficientnet] = ["resnet18-in277", "efficientnet-lite0"] as const;
    for (const id of [resnet, resnet, efficientnet, efficientnet, resnet]) await load(id);
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
