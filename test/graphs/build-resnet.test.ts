/** Compares the ResNet builder with PyTorch, and with the definition of the layers for made-up weights. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import { buildResNet, type ResNetOptions } from "../../src/graphs/resnet/build-resnet.ts";
import { readSafetensors, type StateDict } from "../../src/graphs/safetensors/read-safetensors.ts";
import { loadNetwork, type NetworkOutputs } from "../../src/inference/network.ts";
import { topK } from "../../src/inference/top-k.ts";
import { decodeNpy } from "../../tools/npy.ts";
import { computeResNet } from "../support/compute-resnet.ts";
import { makeResNet } from "../support/make-resnet.ts";

const SHARED = new URL("../../../shared/", import.meta.url);

async function run(
  tensors: StateDict,
  options: ResNetOptions,
  input: Float32Array,
): Promise<NetworkOutputs & { readonly architecture: string }> {
  const { model, head, architecture } = buildResNet(tensors, "weights", options);
  const network = await loadNetwork(await startNodeRuntime(), model, {
    inputName: "input",
    inputShape: [1, 3, options.inputSize, options.inputSize],
    outputs: { logits: "logits", embedding: "embedding", features: "features" },
    classCount: head.shape[0],
  });
  const outputs = await network.run(input);
  await network.release();
  return { ...outputs, architecture };
}

/** What Hugging Face's ResNetForImageClassification calls TorchVision's parameters. */
function toHuggingFace(name: string): string {
  return name
    .replace(/^conv1/, "resnet.embedder.embedder.convolution")
    .replace(/^bn1/, "resnet.embedder.embedder.normalization")
    .replace(/^fc/, "classifier.1")
    .replace(/^layer(\d+)\.(\d+)\./, (_, stage, block) => {
      return `resnet.encoder.stages.${stage - 1}.layers.${block}.`;
    })
    .replace(/\.(conv|bn)(\d+)\./, (_, part, layer) => {
      return `.layer.${layer - 1}.${part === "conv" ? "convolution" : "normalization"}.`;
    })
    .replace("downsample.0", "shortcut.convolution")
    .replace("downsample.1", "shortcut.normalization");
}

const argMax = (values: Float32Array) => topK(Float64Array.from(values), 1)[0]?.classIndex;

const here = existsSync(SHARED);
describe.skipIf(!here)(`buildResNet, ResNet-18${here ? "" : " (../shared is absent)"}`, () => {
  const read = async (path: string) => new Uint8Array(await readFile(new URL(path, SHARED)));
  const weights = async () =>
    // An independent oracle: PyTorch's logits exist for these weights, of a network of 277 classes.
    readSafetensors(await read("models/resnet18-in277/model.safetensors"), "model.safetensors");

  it.each([128, 224])("gives the same logits as PyTorch at %s px", async (inputSize) => {
    const golden = "golden/resnet18-torch";
    const input = decodeNpy(await read(`${golden}/input-${inputSize}.npy`));
    const expected = decodeNpy(await read(`${golden}/logits-${inputSize}.npy`));
    const perImage = 3 * inputSize * inputSize;
    const classes = expected.shape.at(-1) as number;
    expect(input.data.length % perImage).toBe(0);
    for (let image = 0; image < input.data.length / perImage; image++) {
      const pixels = input.data.subarray(image * perImage, (image + 1) * perImage);
      const logits = expected.data.subarray(image * classes, (image + 1) * classes);
      const actual = (await run(await weights(), { inputSize }, pixels)).logits;
      const worst = Math.max(...actual.map((x, i) => Math.abs(x - (logits[i] as number))));
      // Allows for sums of up to 4608 float32 products in a different order.
      expect(worst).toBeLessThanOrEqual(1e-3);
      expect(argMax(actual)).toBe(argMax(logits));
    }
  });

  it("returns the head that is published with the model", async () => {
    const { head } = buildResNet(await weights(), "weights", { inputSize: 84 });
    const published = await read("models/resnet18-in277/head.f16.bin");
    expect(head.shape).toEqual([277, 512]);
    const halves = new DataView(published.buffer);
    expect(head.data.every((x, i) => x === halves.getFloat16(i * 2, true))).toBe(true);
  });
});

const remove = (prefix: string) => (tensors: Map<string, unknown>) => {
  for (const name of [...tensors.keys()]) if (name.startsWith(prefix)) tensors.delete(name);
};

describe("buildResNet, made-up weights", () => {
  it.each([
    [18, "ResNet-18", 8],
    [34, "ResNet-34", 8],
    [50, "ResNet-50", 32],
    [101, "ResNet-101", 32],
    [152, "ResNet-152", 32],
  ] as const)("builds a ResNet-%s that runs", async (depth, name, width) => {
    const input = Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => Math.sin(i));
    const tensors = makeResNet(depth, { width: 1, classes: 5 });
    const { architecture, logits, embedding, features } = await run(
      tensors,
      { inputSize: 64 },
      input,
    );
    expect(architecture).toBe(name);
    expect(logits).toHaveLength(5);
    expect(embedding).toHaveLength(width);
    expect(features).toMatchObject({ width: 2, height: 2 });
    // The embedding is the mean of the features.
    const mean = features?.data.subarray(0, 4).reduce((sum, x) => sum + x / 4, 0) ?? Number.NaN;
    expect(mean).toBeCloseTo(embedding?.[0] as number, 5);
  });

  it.each([
    [[1, 2, 1, 3], false, "ResNet 1-2-1-3 (basic blocks)"],
    [[2, 2, 2, 3], false, "ResNet 2-2-2-3 (basic blocks)"],
    [[1, 1, 2, 1], true, "ResNet 1-1-2-1 (bottlenecks)"],
    [[2, 2, 2, 2], true, "ResNet 2-2-2-2 (bottlenecks)"],
    [[1, 1, 11, 1], false, "ResNet 1-1-11-1 (basic blocks)"],
  ])(
    "computes a network of %j blocks (bottlenecks: %s) as the layers are defined",
    async (blocks, bottleneck, name) => {
      const side = 48;
      const image = Float32Array.from({ length: 3 * side * side }, (_, i) => Math.sin(i / 7));
      const tensors = makeResNet({ blocks, bottleneck }, { width: 2, classes: 7 });
      const { architecture, logits } = await run(tensors, { inputSize: side }, image);
      expect(architecture).toBe(name);
      const expected = computeResNet(tensors, image, side);
      expect(logits).toHaveLength(expected.length);
      const scale = Math.max(...expected.map(Math.abs));
      logits.forEach((x, i) => {
        // Up to 26 layers, each of which rounds to float32 (6e-8).
        expect(Math.abs(x - (expected[i] as number))).toBeLessThanOrEqual(1e-5 * scale);
      });
    },
  );

  it.each([
    [{ groups: 2, widening: 2 }, "ResNeXt 1-1-2-1 (bottlenecks) 2x4d"],
    [{ groups: 4 }, "ResNeXt 1-1-2-1 (bottlenecks) 4x1d"],
    [{ widening: 2 }, "Wide ResNet 1-1-2-1 (bottlenecks)-2"],
  ])("computes a network with %j as the layers are defined", async (width, name) => {
    const side = 48;
    const image = Float32Array.from({ length: 3 * side * side }, (_, i) => Math.sin(i / 7));
    const layout = { blocks: [1, 1, 2, 1], bottleneck: true, ...width };
    const tensors = makeResNet(layout, { width: 4, classes: 7 });
    const { architecture, logits } = await run(tensors, { inputSize: side }, image);
    expect(architecture).toBe(name);
    const expected = computeResNet(tensors, image, side);
    const scale = Math.max(...expected.map(Math.abs));
    logits.forEach((x, i) => {
      expect(Math.abs(x - (expected[i] as number))).toBeLessThanOrEqual(1e-5 * scale);
    });
  });

  it.each<[what: string, rename: (name: string) => string]>([
    ["of DistributedDataParallel", (name) => `module.${name}`],
    ["of Lightning", (name) => `model.${name}`],
    ["of two wrappers", (name) => `module.model.${name}`],
    [
      "of a backbone with a classifier beside it",
      (name) => (name.startsWith("fc.") ? name.replace("fc", "head") : `backbone.${name}`),
    ],
    [
      "of a wrapped backbone with a classifier beside it",
      (name) => (name.startsWith("fc.") ? `module.${name}` : `module.encoder.${name}`),
    ],
    ["of a classifier with dropout", (name) => name.replace(/^fc/, "fc.1")],
    ["of Hugging Face", toHuggingFace],
  ])("understands the names %s", async (_, rename) => {
    const image = Float32Array.from({ length: 3 * 32 * 32 }, (_, i) => Math.sin(i / 7));
    for (const bottleneck of [false, true]) {
      const layout = { blocks: [1, 1, 2, 1], bottleneck };
      const tensors = makeResNet(layout, { width: 2, classes: 7 });
      const renamed = new Map([...tensors].map(([name, tensor]) => [rename(name), tensor]));
      const expected = await run(tensors, { inputSize: 32 }, image);
      const found = await run(renamed, { inputSize: 32 }, image);
      expect([...found.logits]).toEqual([...expected.logits]);
    }
  });

  it("enlarges the input first if enlargeTo is given", async () => {
    const input = new Float32Array(3 * 32 * 32).fill(0.5);
    const tensors = makeResNet(18, { width: 1, classes: 5 });
    const large = new Float32Array(3 * 64 * 64).fill(0.5);
    const enlarged = await run(tensors, { inputSize: 32, enlargeTo: 64 }, input);
    const given = await run(tensors, { inputSize: 64 }, large);
    // A constant image is the same at every size.
    enlarged.logits.forEach((x, i) => {
      expect(x).toBeCloseTo(given.logits[i] as number, 4);
    });
  });

  it.each<[what: string, change: (tensors: Map<string, unknown>) => void, reason: RegExp]>([
    ["a parameter is missing", (t) => t.delete("layer2.0.bn1.bias"), /layer2\.0\.bn1\.bias/],
    ["a parameter is unknown", (t) => t.set("extra", t.get("fc.bias")), /extra/],
    ["a parameter has an invalid shape", (t) => t.set("fc.weight", t.get("fc.bias")), /fc\.weight/],
    [
      "the first kernel is that of a network for small images",
      (t) => t.set("conv1.weight", { shape: [1, 3, 3, 3], data: new Float32Array(27) }),
      /kernel of conv1\.weight is 3x3, not 7x7/,
    ],
    [
      "the file has two networks",
      (t) => {
        for (const [name, tensor] of [...t]) {
          t.delete(name);
          t.set(`encoder_q.${name}`, tensor);
          t.set(`encoder_k.${name}`, tensor);
        }
      },
      /layer1 has no blocks/,
    ],
    ["a block before the last is missing", remove("layer3.0."), /block 1 but no block 0/],
    ["a stage has no blocks", remove("layer3."), /layer3 has no blocks/],
    [
      "there is a fifth stage",
      (t) => t.set("layer5.0.conv1.weight", t.get("conv1.weight")),
      /layer5/,
    ],
    [
      "a block is not of the same kind as the first",
      (t) => t.set("layer2.1.conv3.weight", t.get("layer2.1.conv2.weight")),
      /layer2\.1\.conv3/,
    ],
    [
      "a shortcut that changes the size is missing",
      remove("layer2.0.downsample."),
      /no layer2\.0\.downsample\.0\.weight/,
    ],
    [
      "a convolution takes another number of channels",
      (t) => t.set("layer4.1.conv1.weight", t.get("layer4.0.conv1.weight")),
      /layer4\.1\.conv1\.weight has 4 channels, not 8/,
    ],
    [
      "a shortcut gives another number of channels",
      (t) => {
        for (const [name, tensor] of [...t]) {
          if (!name.startsWith("layer2.0.downsample.")) continue;
          t.set(name.replace("layer2", "layer3"), tensor);
        }
      },
      /layer3\.0\.downsample\.0\.weight has 1 channels, not 2/,
    ],
    [
      "the classifier takes another number of channels",
      (t) => t.set("fc.weight", { shape: [5, 3], data: new Float32Array(15) }),
      /fc\.weight has 3 channels, not 8/,
    ],
  ])("throws WEIGHTS_UNSUPPORTED if %s", (_, change, why) => {
    const tensors = new Map(makeResNet(18, { width: 1, classes: 5 }));
    change(tensors);
    expect(() => buildResNet(tensors, "weights", { inputSize: 64 })).toThrow(
      expect.objectContaining({ code: "WEIGHTS_UNSUPPORTED", why: expect.stringMatching(why) }),
    );
  });
});
