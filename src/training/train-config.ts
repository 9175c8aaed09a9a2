/**
 * The settings of a training run: everything that decides its result. `config.json` of a run has all of them, the
 * defaults too.
 */
import * as z from "zod";
import { augmentationSchema } from "./augment/augmentation.ts";

const share = z.number().min(0).max(1);
const rate = z.number().min(0).max(10);

/** How often the side of the image has been halved: 1 for the first convolution of a ResNet, 2 to 5 for its stages. */
const depth = z.int().min(0).max(8);

const stageSchema = z
  .strictObject({
    epochs: z.int().min(1).max(10_000).describe("How often every photo is seen"),
    trainFrom: z
      .union([z.literal("head"), depth])
      .describe(
        "The first stage that is trained, by how often the image has been halved before it; what comes before stays as it is. In a ResNet, 1 is conv1, 2 to 5 are layer1 to layer4",
      ),
    rate: rate.describe("Learning rate of everything before the head, at its highest"),
    headRate: rate.describe("Learning rate of the head, at its highest"),
  })
  .describe("A part of the training with its own frozen layers and learning rates");

const optimiserSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("sgd"), momentum: share.default(0.9) }),
  z.strictObject({ kind: z.literal("adam") }),
  z.strictObject({ kind: z.literal("adamw") }),
]);

export const temperatureSchema = z.number().min(0.1).max(100);

const distillationSchema = z
  .strictObject({
    teacher: z.string().min(1).describe("A model, a run or an ensemble that is distilled"),
    teacherSha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional()
      .describe(
        "SHA-256 of the teacher's networks, inputs and labels when the run began; written by the run",
      ),
    alpha: share
      .default(0.7)
      .describe("Weight of the soft targets; the rest is the weight of the classes of the photos"),
    temperature: z
      .strictObject({ from: temperatureSchema.default(6), to: temperatureSchema.default(2.5) })
      .prefault({})
      .describe("Divides the logits; it changes linearly from the first step to the last"),
  })
  .describe("Adds the soft targets of another network to the loss");

export const trainConfigSchema = z.strictObject({
  schemaVersion: z.literal(1).default(1),
  photos: z.string().min(1).describe("Folder or CSV file with the photos for training"),
  validation: z
    .string()
    .min(1)
    .optional()
    .describe("Photos that choose the weights; if absent, a part of the others"),
  base: z.string().min(1).describe("The model whose weights training starts from"),
  baseSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe("SHA-256 of the base's network and input when the run began; written by the run"),
  inputSide: z
    .int()
    .min(8)
    .max(1024)
    .optional()
    .describe("Side of the network's input in pixels; if absent, that of the base"),
  seed: z.int().min(0).max(0xffffffff).default(0),
  split: z
    .strictObject({
      validation: share.max(0.5).default(0.15),
      test: share.max(0.5).default(0.15),
      seed: z
        .int()
        .min(0)
        .max(0xffffffff)
        .optional()
        .describe("Decides the parts of the photos; if absent, that of the run"),
    })
    .prefault({})
    .describe(
      "Shares of each class that are not trained on; test photos are used once, at the end",
    ),
  batch: z.int().min(1).max(1024).default(16).describe("Photos in a step"),
  stages: z
    .array(stageSchema)
    .min(1)
    .default([
      { epochs: 3, trainFrom: "head", rate: 0, headRate: 1e-3 },
      { epochs: 22, trainFrom: 3, rate: 5e-5, headRate: 1e-3 },
    ]),
  optimiser: optimiserSchema.default({ kind: "adam" }),
  scaled: z
    .boolean()
    .default(true)
    .describe(
      "Whether learning rates are relative to the size of a channel's weights, if a batch normalisation was folded into them",
    ),
  weightDecay: share.default(0),
  warmUpEpochs: z.number().min(0).max(100).default(1).describe("The rate rises from 0 meanwhile"),
  minimumRate: rate.default(1e-6).describe("The rate falls to it by half a cosine"),
  patience: z
    .int()
    .min(1)
    .max(10_000)
    .default(5)
    .describe("The last stage ends after this many epochs without a rise in validation accuracy"),
  labelSmoothing: share.max(0.9).default(0),
  mixup: z.number().min(0).max(10).default(0).describe("Alpha of the beta distribution; 0 is off"),
  averageDecay: share
    .max(0.99999)
    .optional()
    .describe("Decay of a moving average of the weights, which is then what is kept"),
  classWeights: z
    .union([z.enum(["none", "inverse"]), z.record(z.string(), z.number().min(0).max(1000))])
    .default("none")
    .describe("How much the photos of a class count: the same, by inverse frequency, or as given"),
  oversample: z
    .boolean()
    .default(false)
    .describe("Whether photos of small classes are seen more often, until all classes are alike"),
  augmentation: augmentationSchema.prefault({}),
  distillation: distillationSchema.optional(),
});

export type TrainConfig = z.infer<typeof trainConfigSchema>;
export type Distillation = z.infer<typeof distillationSchema>;
export type TrainStage = TrainConfig["stages"][number];
