/** What it takes to reproduce an answer, and the answer itself. */
import * as z from "zod";
import type { RankedClass } from "../inference/top-k.ts";
import type { ClassLabel } from "../labels/label-table.ts";
import { type ModelManifest, synsetSchema } from "./manifest.ts";
import { modelIdSchema, modelVersionSchema } from "./version-ref.ts";

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "64 lower-case hexadecimal digits");

/** Schema of a receipt, version 1. */
export const receiptSchema = z.strictObject({
  schemaVersion: z.literal(1),
  imageSha256: sha256Schema,
  imageDecoder: z.enum(["wasm", "js"]),
  models: z
    .array(
      z.strictObject({
        id: modelIdSchema,
        version: modelVersionSchema,
        sha256: sha256Schema.describe("Of the model file"),
        preprocessSha256: sha256Schema.describe("Of the manifest's member preprocess, in JSON"),
      }),
    )
    .min(1),
  parameters: z.strictObject({
    topK: z.int().positive(),
    threshold: z.number().nullable().describe("null where the model's recommended one applied"),
  }),
  predictions: z.array(z.strictObject({ synset: synsetSchema, confidence: z.number() })),
});

/** A validated receipt. */
export type Receipt = z.infer<typeof receiptSchema>;

/** The part of a result that a receipt tells. */
export type ReceiptSource = {
  readonly image: { readonly sha256: string };
  readonly passes: readonly {
    readonly model: { readonly manifest: ModelManifest; readonly preprocessSha256: string };
  }[];
  readonly labels: readonly ClassLabel[];
  readonly parameters: { readonly topK: number; readonly threshold: number | undefined };
  readonly decision: { readonly predictions: readonly RankedClass[] };
};

/** The receipt of a result. */
export function makeReceipt(result: ReceiptSource, imageDecoder: "wasm" | "js"): Receipt {
  const { image, passes, labels, parameters, decision } = result;
  return {
    schemaVersion: 1,
    imageSha256: image.sha256,
    imageDecoder,
    models: passes.map(({ model: { manifest, preprocessSha256 } }) => ({
      id: manifest.id,
      version: manifest.version,
      sha256: manifest.files.model.sha256,
      preprocessSha256,
    })),
    parameters: { topK: parameters.topK, threshold: parameters.threshold ?? null },
    predictions: decision.predictions.map(({ classIndex, confidence }) => ({
      synset: (labels[classIndex] as (typeof labels)[number]).synset,
      confidence,
    })),
  };
}
