/** The settings of a run: their defaults, and what is refused. */
import { describe, expect, it } from "vitest";
import { trainConfigSchema } from "../../src/training/train-config.ts";

const LEAST = { photos: "photos", base: "resnet18" };

describe("the settings of a run", () => {
  it("have the defaults that docs/training.md states", () => {
    expect(trainConfigSchema.parse(LEAST)).toEqual({
      ...LEAST,
      schemaVersion: 1,
      seed: 0,
      split: { validation: 0.15, test: 0.15 },
      batch: 16,
      stages: [
        { epochs: 3, trainFrom: "head", rate: 0, headRate: 1e-3 },
        { epochs: 22, trainFrom: 3, rate: 5e-5, headRate: 1e-3 },
      ],
      optimiser: { kind: "adam" },
      scaled: true,
      weightDecay: 0,
      warmUpEpochs: 1,
      minimumRate: 1e-6,
      patience: 5,
      labelSmoothing: 0,
      mixup: 0,
      classWeights: "none",
      oversample: false,
      augmentation: {
        crop: { kind: "random" },
        flip: 0.5,
        brightness: 0.2,
        contrast: 0.2,
        saturation: 0.2,
        hue: 0,
        rotation: 15,
      },
    });
  });

  it("stay as they are if they are read again", () => {
    const config = trainConfigSchema.parse(LEAST);
    expect(trainConfigSchema.parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it("have the defaults of a distillation if there is a teacher", () => {
    const { distillation } = trainConfigSchema.parse({ ...LEAST, distillation: { teacher: "x" } });
    expect(distillation).toEqual({ teacher: "x", alpha: 0.7, temperature: { from: 6, to: 2.5 } });
  });

  it.each([
    { batch: 0 },
    { stages: [] },
    { split: { test: 0.6 } },
    { split: { seed: -1 } },
    { optimiser: { kind: "lion" } },
    { classWeights: { rose: -1 } },
    { baseSha256: "abc" },
    { augmentation: { flip: 2 } },
    { distillation: {} },
    { distillation: { teacher: "x", alpha: 1.1 } },
    { distillation: { teacher: "x", temperature: { from: 0 } } },
  ])("cannot be %j", (change) => {
    expect(trainConfigSchema.safeParse({ ...LEAST, ...change }).success).toBe(false);
  });
});
