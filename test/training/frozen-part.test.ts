/** The frozen part of a network is run once for each photo, and the result is the same as if it ran each time. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chooseParts, MAX_KEPT_BYTES } from "../../cli/training/run/frozen-part.ts";
import { BatchMaker } from "../../cli/training/run/make-batches.ts";
import { PhotoStore } from "../../cli/training/run/photo-store.ts";
import { type EpochEntry, RunFolder, type RunPhoto } from "../../cli/training/run/run-folder.ts";
import { trainNetwork } from "../../cli/training/run/train-network.ts";
import type { StateDict } from "../../src/graphs/safetensors/read-safetensors.ts";
import type { PreprocessSpec } from "../../src/imaging/preprocess-spec.ts";
import { augmentationSchema, NO_AUGMENTATION } from "../../src/training/augment/augmentation.ts";
import { listParameters } from "../../src/training/list-parameters.ts";
import { replaceHead } from "../../src/training/replace-head.ts";
import { splitFrozen } from "../../src/training/split-frozen.ts";
import { type TrainConfig, trainConfigSchema } from "../../src/training/train-config.ts";
import { makeRandom } from "../support/made-up.ts";
import { makeNarrowResNet } from "./support/networks.ts";

const SIDE = 64;
const SPEC: PreprocessSpec = {
  width: SIDE,
  height: SIDE,
  color: "RGB",
  resize: { fit: "stretch", interpolation: "bilinear" },
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
};
const GRAPH = replaceHead(makeNarrowResNet(SIDE, 3), "logits", 2);
const HEAD = [{ epochs: 2, trainFrom: "head", rate: 0, headRate: 0.02 }] as const;
const UPPER = [{ epochs: 2, trainFrom: 5, rate: 0.001, headRate: 0.02 }] as const;
/** It is not still, so nothing is kept for training, but photos are as good as never changed. */
const HARDLY = { ...NO_AUGMENTATION, flip: 1e-12 };

let folder: string;
let store: PhotoStore;
const photos: RunPhoto[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "resnet-edge-frozen-"));
  store = new PhotoStore(join(folder, "cache"), SPEC);
  const random = makeRandom();
  for (let i = 0; i < 13; i++) {
    const data = Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, at) =>
      Math.floor((at % 3 === i % 2 ? 256 : 100) * random()),
    );
    const sha256 = `photo${i}`;
    await store.write(sha256, { width: SIDE, height: SIDE, data });
    photos.push({ path: sha256, class: i % 2, part: i < 9 ? "train" : "validation", sha256 });
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Counts how many photos are prepared. */
class CountingBatches extends BatchMaker {
  trained = 0;
  scored = 0;

  override forTraining(...args: Parameters<BatchMaker["forTraining"]>) {
    this.trained += args[0].length;
    return super.forTraining(...args);
  }

  override forScoring(...args: Parameters<BatchMaker["forScoring"]>) {
    this.scored += args[0].length;
    return super.forScoring(...args);
  }
}

/**
 * @param stopAfter - steps; then the run is ended by a signal, and resumed
 */
async function train(
  name: string,
  change: Partial<TrainConfig>,
  { threads = 1, stopAfter = Number.POSITIVE_INFINITY } = {},
) {
  const config = trainConfigSchema.parse({
    photos: "x",
    base: "x",
    batch: 4,
    warmUpEpochs: 0,
    ...change,
  });
  const run = new RunFolder(join(folder, name));
  await run.begin(config, { classes: ["a", "b"], photos });
  const batches = new CountingBatches(store, SPEC, config, [1, 1]);
  const of = (part: RunPhoto["part"]) => photos.filter((photo) => photo.part === part);
  const entries: EpochEntry[] = [];
  const go = (stop: AbortController): Promise<StateDict> => {
    let steps = 0;
    if (stopAfter === 0) stop.abort();
    return trainNetwork({
      folder: run,
      config,
      graph: GRAPH,
      logits: "logits",
      train: of("train"),
      validation: of("validation"),
      batches,
      teacherOutputs: undefined,
      hardware: { threads },
      signal: stop.signal,
      onFrozen: () => {},
      onStep: () => {
        if (++steps === stopAfter) stop.abort();
      },
      onEpoch: (entry) => entries.push(entry),
    });
  };
  if (Number.isFinite(stopAfter)) {
    await expect(go(new AbortController())).rejects.toMatchObject({ code: "INTERRUPTED" });
    stopAfter = Number.POSITIVE_INFINITY;
  }
  return { weights: await go(new AbortController()), entries, batches };
}

const bytesOf = (weights: StateDict) =>
  [...weights].map(([name, { data }]) => [name, Buffer.from(data.buffer).toString("base64")]);

describe("training with frozen layers", () => {
  it.each([
    ["the head", HEAD],
    ["the last stage", UPPER],
  ] as const)("of %s reads each photo once, and learns the same", async (name, stages) => {
    const still = { stages: [...stages], augmentation: NO_AUGMENTATION };
    const kept = await train(`kept ${name}`, still);
    expect(kept.batches).toMatchObject({ trained: 0, scored: 13 });
    const each = await train(`each ${name}`, { ...still, augmentation: HARDLY });
    expect(each.batches).toMatchObject({ trained: 18, scored: 4 });
    // float32 sums in another order
    for (const [parameter, { data }] of each.weights) {
      const found = kept.weights.get(parameter)?.data ?? [];
      for (const [i, value] of data.entries()) expect(found[i]).toBeCloseTo(value, 3);
    }
    for (const [i, { validation }] of each.entries.entries()) {
      expect(kept.entries[i]?.validation?.loss).toBeCloseTo(validation?.loss ?? Number.NaN, 3);
    }
  });

  it("gives the same bytes with more threads, and after an interruption", async () => {
    const settings = { stages: [...HEAD, ...UPPER], augmentation: NO_AUGMENTATION };
    const { weights } = await train("whole", settings);
    const threads = await train("threads", settings, { threads: 3 });
    expect(bytesOf(threads.weights)).toEqual(bytesOf(weights));
    // Before the first step, in the second epoch of the first stage, and in the first of the second.
    for (const stopAfter of [0, 4, 7]) {
      const resumed = await train(`stopped ${stopAfter}`, settings, { stopAfter });
      expect(bytesOf(resumed.weights)).toEqual(bytesOf(weights));
    }
  });
});

describe("what is kept", () => {
  const still = { augmentation: NO_AUGMENTATION, mixup: 0 };
  const changing = { augmentation: augmentationSchema.parse({}), mixup: 0 };
  it.each([
    ["everything without augmentation", 1000, still, { train: true, validation: true }],
    ["photos for validation with it", 1000, changing, { train: false, validation: true }],
    [
      "photos for validation with mixtures",
      1000,
      { ...still, mixup: 0.2 },
      { train: false, validation: true },
    ],
    [
      "photos for validation if not all fit",
      MAX_KEPT_BYTES / 20,
      still,
      { train: false, validation: true },
    ],
    ["nothing if it is too large", MAX_KEPT_BYTES / 2, still, { train: false, validation: false }],
  ])("is %s", (_name, bytes, settings, expected) => {
    expect(chooseParts(bytes, { train: 20, validation: 4 }, settings)).toEqual(expected);
  });
});

describe("a cut at the first trained parameter", () => {
  const from = (first: number) =>
    listParameters(GRAPH, "logits")
      .filter(({ stage }) => stage === "head" || stage >= first)
      .map(({ name }) => name);

  it("lies between two stages, and leaves nothing out", () => {
    const split = splitFrozen(GRAPH, "logits", from(4));
    expect(split?.trained.input.shape).toEqual([1, 8, SIDE / 8, SIDE / 8]);
    const { frozen, trained } = split as NonNullable<typeof split>;
    expect(frozen.outputs).toEqual([{ name: trained.input.name }]);
    expect(frozen.constants.has("layer2.0.conv1.weight")).toBe(true);
    expect([...trained.constants.keys()].filter((name) => name.startsWith("layer2"))).toEqual([]);
  });

  it("does not exist if everything is trained, or if several tensors cross it", () => {
    expect(splitFrozen(GRAPH, "logits", from(0))).toBeUndefined();
    // The shortcut of the block goes around its second convolution.
    expect(splitFrozen(GRAPH, "logits", ["layer4.1.conv2.weight"])).toBeUndefined();
  });
});
