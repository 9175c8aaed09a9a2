/** The origin of a trained model: `training` in its manifest. */
import * as z from "zod";

const countSchema = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);

export const trainingOriginSchema = z.strictObject({
  method: z
    .enum(["fine-tuning", "head", "distillation", "soup"])
    .describe(
      "fine-tuning: the classifier and layers before it; head: the classifier alone; distillation: also from the answers of another model; soup: the mean of several trained models' weights",
    ),
  base: z
    .string()
    .min(1)
    .max(200)
    .describe("id@version of the model whose weights training started from"),
  fromInt8: z.boolean().describe("Whether the base had int8 weights only"),
  photos: z
    .strictObject({
      train: countSchema.describe("Photos that were trained on"),
      validation: countSchema.describe("Photos that were used to choose the best weights"),
      test: countSchema.describe("Photos that were used for the figures only"),
    })
    .describe("How many photos there were"),
  classes: countSchema.describe("How many classes the photos have"),
  settings: z
    .record(z.string().min(1).max(50), z.union([z.string().max(500), z.number(), z.boolean()]))
    .describe("Short facts on how it was trained, such as epochs, seed or teacher"),
});

export type TrainingOrigin = z.infer<typeof trainingOriginSchema>;
export type TrainingMethod = TrainingOrigin["method"];
