/** Parameters of a graph under TorchVision's names, against the definition of the network that they describe. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { dequantise } from "../../src/graphs/dequantise.ts";
import type { Graph } from "../../src/graphs/graph.ts";
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import { renameTensors } from "../../src/graphs/rename-tensors.ts";
import { buildResNetGraph } from "../../src/graphs/resnet/build-resnet.ts";
import { exportResNet } from "../../src/graphs/resnet/export-resnet.ts";
import { computeResNet } from "../support/compute-resnet.ts";
import { type MadeUpLayout, makeResNet } from "../support/make-resnet.ts";

const SIDE = 48;
const image = Float32Array.from({ length: 3 * SIDE * SIDE }, (_, i) => Math.sin(i / 7));

async function embedded(id: string): Promise<Graph> {
  const path = new URL(`../../models/${id}/int8.onnx`, import.meta.url);
  return dequantise(readModel(new Uint8Array(await readFile(path)), id));
}

describe("exportResNet", () => {
  it.each<MadeUpLayout>([
    { blocks: [2, 2, 2, 3], bottleneck: false },
    { blocks: [1, 2, 1, 1], bottleneck: true },
    { blocks: [1, 1, 2, 1], bottleneck: true, groups: 2 },
  ])("gives parameters of the same network: %j", (layout) => {
    const tensors = makeResNet(layout, { width: 4, classes: 5 });
    const { graph } = buildResNetGraph(tensors, "weights", { inputSize: SIDE }, "folded");
    // The names of the graph must not matter.
    const names = [...graph.constants.keys()].map((name, i) => [name, `c${i}`] as const);
    const exported = exportResNet(renameTensors(graph, new Map(names)), "logits");
    expect([...(exported?.keys() ?? [])].sort()).toEqual([...tensors.keys()].sort());
    const expected = computeResNet(tensors, image, SIDE);
    const scale = Math.max(...expected.map(Math.abs));
    const actual = computeResNet(exported ?? new Map(), image, SIDE);
    // Folded weights are rounded to float32 (6e-8) in each of up to 12 layers.
    for (const [i, x] of actual.entries()) {
      expect(Math.abs(x - (expected[i] as number))).toBeLessThanOrEqual(1e-5 * scale);
    }
  });

  it("takes the embedded ResNet-18", async () => {
    const exported = exportResNet(await embedded("resnet18"), "logits");
    expect(exported?.get("conv1.weight")?.shape).toEqual([64, 3, 7, 7]);
    expect(exported?.get("layer4.2.conv2.weight")?.shape).toEqual([512, 512, 3, 3]);
    expect(exported?.get("layer3.0.downsample.0.weight")?.shape).toEqual([256, 128, 1, 1]);
    expect(exported?.get("fc.weight")?.shape).toEqual([1000, 512]);
  });

  it("does not take a network of another kind", async () => {
    expect(exportResNet(await embedded("efficientnet-lite0"), "logits")).toBeUndefined();
  });
});
