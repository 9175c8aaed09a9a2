/**
 * The model manifest: the single source of truth for the input size, preprocessing, labels and hashes of a
 * network. The command line writes it and the Worker verifies it, both with this schema. It is also printed
 * as JSON Schema to `models/manifest.schema.json`.
 */
import * as z from "zod";
import { classIdSchema, labelSpecSchema } from "../labels/class-spec.ts";
import { trainingOriginSchema } from "./training-origin.ts";
import { modelIdSchema, modelVersionSchema } from "./version-ref.ts";

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "64 lower-case hexadecimal digits");
const fileNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "a file name, no folders");
const threeNumbersSchema = z.tuple([z.number(), z.number(), z.number()]);
const threeScalesSchema = z.tuple([
  z.number().positive(),
  z.number().positive(),
  z.number().positive(),
]);

/** The largest value of `Int` in GraphQL. */
const MAX_INT = 2 ** 31 - 1;

const fileSchema = z.strictObject({
  path: fileNameSchema.describe("File name beside the manifest"),
  bytes: z.int().positive().max(MAX_INT).describe("Exact size in bytes"),
  sha256: sha256Schema.describe("SHA-256 of the file"),
});

const headSchema = z.strictObject({
  ...fileSchema.shape,
  dtype: z.literal("float16").describe("Little-endian IEEE 754 half precision"),
  shape: z
    .tuple([z.int().positive(), z.int().positive()])
    .describe("[N, D]: one row of D weights per class, row-major"),
});

/** Of an input, in pixels. */
const MIN_SIDE = 8;
const MAX_SIDE = 1024;
const sideSchema = z.int().min(MIN_SIDE).max(MAX_SIDE);
const levelSchema = z.int().min(0).max(255);
const interpolationSchema = z
  .enum(["bilinear", "bicubic"])
  .describe("Pillow's filter of this name, with antialiasing; bicubic has a = -0.5");

const resizeSchema = z.discriminatedUnion("fit", [
  z.strictObject({
    fit: z
      .optional(z.literal("crop"))
      .describe("The photo covers a box with the aspect ratio of the input; its centre is cut out"),
    shorterSide: sideSchema.describe(
      "Shorter side of the box; if the input is square, of the resized photo",
    ),
    interpolation: interpolationSchema,
  }),
  z.strictObject({
    fit: z
      .literal("stretch")
      .describe("The whole photo is resized to the size of the input, whatever its aspect ratio"),
    interpolation: interpolationSchema,
  }),
  z.strictObject({
    fit: z
      .literal("letterbox")
      .describe("The whole photo is resized to fit into the input; the rest is filled evenly"),
    interpolation: interpolationSchema,
    padding: z
      .tuple([levelSchema, levelSchema, levelSchema])
      .optional()
      .describe("Colour of the rest in RGB; if absent, the mean"),
  }),
]);

const preprocessSchema = z.strictObject({
  resize: resizeSchema,
  crop: z
    .union([sideSchema, z.strictObject({ width: sideSchema, height: sideSchema })])
    .optional()
    .describe("Size of the centre crop in pixels, one number if it is square; only if fit is crop"),
  mean: threeNumbersSchema.describe(
    "Subtracted per channel in the order of input.color, on the 0..1 scale",
  ),
  std: threeScalesSchema.describe(
    "Divided by per channel in the order of input.color, on the 0..1 scale; 1/255 and a mean of 0 give values from 0 to 255",
  ),
});

const spreadSchema = z.strictObject({
  mean: z.number(),
  deviation: z.number().positive().describe("Standard deviation"),
});

const familiaritySchema = z.strictObject({
  measures: z
    .strictObject({
      standout: spreadSchema
        .optional()
        .describe("Standard deviations from the mean of the logits to the highest one"),
      peakedness: spreadSchema.optional().describe("Logarithm of the kurtosis of the logits"),
      evenness: spreadSchema
        .optional()
        .describe("Logarithm of (mean square root of the embedding)² / mean of the embedding"),
    })
    .describe("The measures that count, and their values over the photos (docs/hedging.md)"),
  atLeast: z
    .number()
    .describe("An image whose score, the sum of its standard scores, is lower gets no answer"),
});

const calibrationSchema = z.strictObject({
  dataset: z.string().min(1).describe("The photos that the calibration was fitted on"),
  images: z.int().positive().max(MAX_INT),
  temperature: z.number().positive().describe("Divides the logits before the softmax"),
  targetPrecision: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("Share of correct answers that the thresholds were chosen for"),
  classThresholds: z
    .record(classIdSchema, z.number().min(0).max(1))
    .optional()
    .describe("Thresholds of single classes, by class id, instead of recommendedThreshold"),
  familiarity: familiaritySchema
    .optional()
    .describe(
      "What the photos have in common; if absent, the model cannot tell that an image is unlike them",
    ),
});

/** Schema of `manifest.json`, version 2. */
export const manifestV2Schema = z
  .strictObject({
    schemaVersion: z.literal(2),
    id: modelIdSchema,
    version: modelVersionSchema,
    architecture: z.string().min(1).max(100),
    files: z.strictObject({
      model: fileSchema.describe("The ONNX graph"),
      litert: fileSchema
        .optional()
        .describe("The same graph for LiteRT, derived from the ONNX graph when it is published"),
      head: headSchema
        .optional()
        .describe("The rows of the linear classifier, for class activation maps"),
    }),
    input: z.strictObject({
      name: z.string().min(1),
      shape: z
        .tuple([z.literal(1), z.literal(3), z.int().positive(), z.int().positive()])
        .describe("[1, 3, height, width]; a graph that takes NHWC starts with a Transpose"),
      color: z.enum(["RGB", "BGR"]).describe("Order of the channels"),
    }),
    preprocess: preprocessSchema,
    outputs: z.strictObject({
      logits: z.string().min(1).describe("[1, N]"),
      embedding: z.string().min(1).optional().describe("[1, D], the mean of the features"),
      features: z.string().min(1).optional().describe("[1, D, h, w], before pooling"),
    }),
    labels: labelSpecSchema,
    metrics: z
      .record(z.string(), z.record(z.string(), z.number()))
      .describe("Figures by name, for each evaluation set; rates in percent"),
    licence: z.string().min(1),
    source: z.string().min(1).describe("Where the weights come from and how they were changed"),
    training: trainingOriginSchema
      .optional()
      .describe(
        "What the model was trained from, on which photos and how, if resnet-edge trained it",
      ),
    recommendedThreshold: z
      .number()
      .min(0)
      .max(1)
      .describe("Minimum confidence for the first prediction to be the answer"),
    calibration: calibrationSchema
      .optional()
      .describe("How logits become calibrated confidences; if absent, the temperature is 1"),
  })
  .superRefine((manifest, context) => {
    const [, , height, width] = manifest.input.shape;
    const { crop, resize } = manifest.preprocess;
    if (!("shorterSide" in resize)) {
      if (crop !== undefined)
        addIssue(["preprocess", "crop"], `has no meaning if fit is ${resize.fit}`);
      if (Math.min(width, height) < MIN_SIDE || Math.max(width, height) > MAX_SIDE) {
        addIssue(["input", "shape"], `must have sides from ${MIN_SIDE} to ${MAX_SIDE}`);
      }
      return;
    }
    if (crop === undefined) {
      addIssue(["preprocess", "crop"], "is required if fit is crop");
      return;
    }
    const size = typeof crop === "number" ? { width: crop, height: crop } : crop;
    if (height !== size.height || width !== size.width) {
      const wanted = `[1, 3, ${size.height}, ${size.width}]`;
      addIssue(["input", "shape"], `must be ${wanted}, the size of preprocess.crop`);
    }
    if (Math.min(size.width, size.height) > resize.shorterSide) {
      addIssue(["preprocess", "crop"], "must not exceed resize.shorterSide");
    }

    function addIssue(path: string[], message: string): void {
      context.addIssue({ code: "custom", path, message });
    }
  });

/** Schema of `manifest.json`. Parsing upgrades a manifest of version 1. */
export const manifestSchema = z.preprocess(upgradeManifest, manifestV2Schema);

export type ModelManifest = z.infer<typeof manifestSchema>;

/** In version 1, every class was an ImageNet class, and `labels.synsets` listed them in output order. */
function upgradeManifest(json: unknown): unknown {
  if (typeof json !== "object" || json === null) return json;
  const { schemaVersion, labels, ...rest } = json as Record<string, unknown>;
  if (schemaVersion !== 1) return json;
  const { synsets, ...others } = { ...(labels as Record<string, unknown>) };
  const classes = synsets === undefined ? {} : { classes: synsets };
  return { ...rest, schemaVersion: 2, labels: { ...others, ...classes } };
}

/**
 * Returns the confidence that a class must reach to be the answer if a query gives no threshold.
 *
 * @param id - the id of one of the model's classes
 */
export function answerThreshold(
  { calibration, recommendedThreshold }: ModelManifest,
  id: string,
): number {
  const thresholds = calibration?.classThresholds ?? {};
  // hasOwn, because "constructor" is a valid id.
  return (Object.hasOwn(thresholds, id) ? thresholds[id] : undefined) ?? recommendedThreshold;
}
