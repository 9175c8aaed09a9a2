/** Compares whole training steps of a ResNet-18 with those of PyTorch in float64. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { TrainingSession } from "../../cli/training/training-session.ts";
import { buildResNetGraph } from "../../src/graphs/resnet/build-resnet.ts";
import { readSafetensors, type StateDict } from "../../src/graphs/safetensors/read-safetensors.ts";
import { softmax } from "../../src/inference/softmax.ts";
import { buildTrainingStep } from "../../src/training/build-training-step.ts";
import type { OptimiserOptions } from "../../src/training/optimisers.ts";
import type { ParameterGroup } from "../../src/training/training-step.ts";
import { decodeNpy } from "../../tools/npy.ts";

const SHARED = new URL("../../../shared/", import.meta.url);
const SIZE = 64;
/** Of what PyTorch computes in float64. */
const TOLERANCE = 1e-3;

type Golden = {
  readonly labels: readonly number[];
  readonly distillation: { readonly temperature: number; readonly alpha: number };
  readonly cases: readonly Case[];
};

type Case = {
  readonly batchNorm: "frozen" | "batch";
  readonly loss: "cross-entropy" | "class-weighted" | "distillation";
  readonly optimizer: "adam" | "sgd";
  /** "guide": all but the first convolution and stage. */
  readonly trained: "guide" | "all";
  readonly lossValue: number;
  readonly logitsFirstRow: readonly number[];
  readonly gradientNorm: Readonly<Record<string, number>>;
  readonly updateNorm: Readonly<Record<string, number>>;
  readonly weightsAfter: Readonly<Record<string, readonly number[]>>;
  /** The cross entropy of the same batch after the step, without weights and without a teacher. */
  readonly lossAfter?: number;
};

const read = async (path: string) => new Uint8Array(await readFile(new URL(path, SHARED)));
const readArray = async (name: string) =>
  decodeNpy(await read(`golden/train-step/${name}.npy`)).data;
const here = existsSync(SHARED);
const golden: Golden = here
  ? JSON.parse(await readFile(new URL("golden/train-step/golden.json", SHARED), "utf8"))
  : { labels: [], distillation: { temperature: 1, alpha: 0 }, cases: [] };

function plan(weights: StateDict, wanted: Case) {
  const { graph } = buildResNetGraph(weights, "weights", { inputSize: SIZE }, "kept");
  const names = Object.keys(wanted.gradientNorm);
  const isHead = (name: string) => name.startsWith("fc.");
  const adam = wanted.optimizer === "adam";
  const groups: ParameterGroup[] = [
    { name: "body", parameters: names.filter((name) => !isHead(name)), decayed: !adam },
    { name: "head", parameters: names.filter(isHead), decayed: !adam },
  ];
  const optimiser: OptimiserOptions = adam ? { kind: "adam" } : { kind: "sgd", momentum: 0.9 };
  return buildTrainingStep({
    graph,
    logits: "logits",
    batch: golden.labels.length,
    groups,
    optimiser,
    loss: wanted.loss === "distillation" ? { distillation: golden.distillation } : {},
    batchStatistics: wanted.batchNorm === "batch" ? "all" : "none",
    gradients: true,
  });
}

async function makeBatch(wanted: Case, classes: number) {
  const targets = new Float32Array(golden.labels.length * classes);
  golden.labels.forEach((label, image) => {
    targets[image * classes + label] = 1;
  });
  const classWeights = await readArray("class-weights");
  return {
    images: await readArray("input"),
    targets,
    ...(wanted.loss === "class-weighted"
      ? { weights: Float32Array.from(golden.labels, (label) => classWeights[label] as number) }
      : {}),
    ...(wanted.loss === "distillation" ? { teacher: await readArray("teacher-logits") } : {}),
    ...(wanted.optimizer === "adam"
      ? { rates: { body: 1e-4, head: 1e-3 } }
      : { rates: { body: 0.01, head: 0.01 }, decays: { body: 1e-4, head: 1e-4 } }),
  };
}

function crossEntropy(logits: Float32Array): number {
  const classes = logits.length / golden.labels.length;
  const losses = golden.labels.map((label, image) => {
    const row = softmax(logits.subarray(image * classes, (image + 1) * classes));
    return -Math.log(row[label] as number);
  });
  return losses.reduce((sum, value) => sum + value, 0) / losses.length;
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
}

function expectNear(found: number, wanted: number, tolerance = TOLERANCE): void {
  expect(Math.abs(found - wanted)).toBeLessThanOrEqual(tolerance * Math.abs(wanted) + 1e-7);
}

describe.skipIf(!here)(`a step of ResNet-18${here ? "" : " (../shared is absent)"}`, async () => {
  const weights = here
    ? readSafetensors(await read("models/resnet18-in277/model.safetensors"), "weights")
    : new Map();

  it.each(golden.cases)(
    "equals PyTorch's: $batchNorm normalisation, $loss, $optimizer, $trained trained",
    async (wanted) => {
      const step = plan(weights, wanted);
      const session = await TrainingSession.start(step);
      try {
        const batch = await makeBatch(wanted, step.targets.shape[1] as number);
        const result = await session.run(batch);
        expectNear(result.loss, wanted.lossValue);
        for (const [i, value] of wanted.logitsFirstRow.entries()) {
          expectNear(result.logits[i] as number, value);
        }
        expect([...result.gradients.keys()].sort()).toEqual(
          Object.keys(wanted.gradientNorm).sort(),
        );
        const after = session.readWeights();
        for (const [name, values] of result.gradients) {
          expectNear(norm(values), wanted.gradientNorm[name] as number);
          const before = weights.get(name)?.data as Float32Array;
          const update = after.get(name)?.data.map((value, i) => value - (before[i] as number));
          expectNear(norm(update as Float32Array), wanted.updateNorm[name] as number);
        }
        for (const [name, values] of Object.entries(wanted.weightsAfter)) {
          for (const [i, value] of values.entries()) {
            expectNear(after.get(name)?.data[i] as number, value);
          }
        }
        // Of one loss only, because it takes a second step.
        if (wanted.lossAfter !== undefined && wanted.loss === "cross-entropy") {
          expectNear(crossEntropy((await session.run(batch)).logits), wanted.lossAfter);
        }
      } finally {
        await session.release();
      }
    },
  );
});
