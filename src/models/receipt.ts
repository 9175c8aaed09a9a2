/** A receipt: an answer, and everything needed to reproduce it. */
import * as z from "zod";
import { FRAMINGS, type Framing } from "../imaging/framing.ts";
import { ENGINE_NAMES, ENGINES, type EngineName } from "../inference/engines/engine.ts";
import type { RankedClass } from "../inference/top-k.ts";
import type { ClassLabel } from "../labels/class-label.ts";
import { classIdSchema } from "../labels/class-spec.ts";
import type { ModelManifest } from "./manifest.ts";
import { modelIdSchema, modelVersionSchema } from "./version-ref.ts";

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "64 lower-case hexadecimal digits");

/** Schema of a receipt, version 2. */
const receiptV2Schema = z.strictObject({
  schemaVersion: z.literal(2),
  imageSha256: sha256Schema,
  imageDecoder: z.enum(["wasm", "js"]),
  models: z
    .array(
      z.strictObject({
        id: modelIdSchema,
        version: modelVersionSchema,
        sha256: sha256Schema.describe("SHA-256 of the model file"),
        engine: z
          .enum(ENGINE_NAMES)
          .optional()
          .describe("The engine that ran the model; absent: onnxruntime"),
        engineFileSha256: sha256Schema
          .optional()
          .describe("SHA-256 of the file that the engine ran; absent: the model file"),
        preprocessSha256: sha256Schema.describe(
          "SHA-256 of preprocess in the manifest, as JSON, with input if that says more",
        ),
      }),
    )
    .min(1),
  parameters: z.strictObject({
    topK: z.int().positive(),
    threshold: z.number().nullable().describe("null if the model's own thresholds applied"),
    framing: z.enum(FRAMINGS).optional().describe("Which part of the photo was seen; absent: CROP"),
  }),
  predictions: z.array(z.strictObject({ id: classIdSchema, confidence: z.number() })),
});

/** Schema of a receipt. Parsing upgrades a receipt of version 1. */
export const receiptSchema = z.preprocess(upgradeReceipt, receiptV2Schema);

export type Receipt = z.infer<typeof receiptSchema>;

/** In version 1, predictions named their class by its synset, which is the id of an ImageNet class. */
function upgradeReceipt(json: unknown): unknown {
  if (typeof json !== "object" || json === null) return json;
  const { schemaVersion, predictions, ...rest } = json as Record<string, unknown>;
  if (schemaVersion !== 1 || !Array.isArray(predictions)) return json;
  return {
    ...rest,
    schemaVersion: 2,
    predictions: predictions.map(({ synset, ...others }) => ({ ...others, id: synset })),
  };
}

/** The part of a result that a receipt records. */
export type ReceiptSource = {
  readonly image: { readonly sha256: string };
  readonly passes: readonly {
    readonly model: { readonly manifest: ModelManifest; readonly preprocessSha256: string };
    readonly engine: EngineName;
  }[];
  readonly labels: readonly ClassLabel[];
  readonly parameters: {
    readonly topK: number;
    readonly threshold: number | undefined;
    readonly framing: Framing;
  };
  readonly decision: { readonly predictions: readonly RankedClass[] };
};

export function makeReceipt(result: ReceiptSource, imageDecoder: "wasm" | "js"): Receipt {
  const { image, passes, labels, parameters, decision } = result;
  return {
    schemaVersion: 2,
    imageSha256: image.sha256,
    imageDecoder,
    models: passes.map(({ model: { manifest, preprocessSha256 }, engine }) => ({
      id: manifest.id,
      version: manifest.version,
      sha256: manifest.files.model.sha256,
      engine,
      ...describeEngineFile(manifest, engine),
      preprocessSha256,
    })),
    parameters: {
      topK: parameters.topK,
      threshold: parameters.threshold ?? null,
      // Receipts were made before there was a choice.
      ...(parameters.framing === "CROP" ? {} : { framing: parameters.framing }),
    },
    predictions: decision.predictions.map(({ classIndex, confidence }) => ({
      id: (labels[classIndex] as ClassLabel).id,
      confidence,
    })),
  };
}

function describeEngineFile({ files }: ModelManifest, engine: EngineName) {
  const { file } = ENGINES[engine];
  const sha256 = files[file]?.sha256;
  return file === "model" || sha256 === undefined ? {} : { engineFileSha256: sha256 };
}
