/** The MobileNetV2 of ../shared as a model in a bucket, the third network of the evaluations. */

import { readFile } from "node:fs/promises";
import { describeFile } from "../cli/models/model-folder.ts";
import type { ModelManifest } from "../src/models/manifest.ts";
import { versionFileKey } from "../src/models/version-ref.ts";
import type { BucketFiles } from "../tools/folder-bucket.ts";

const MODEL = new URL("../../shared/models/mobilenetv2-in1k/int8.onnx", import.meta.url);

/** Returns the objects of the version, by key: 1000 classes, an input of 224 px. */
export async function readMobileNetV2(): Promise<BucketFiles> {
  const model = await readFile(MODEL);
  const manifest: ModelManifest = {
    schemaVersion: 2,
    id: "mobilenetv2-in1k",
    version: "1.0.0",
    architecture: "MobileNetV2",
    files: { model: describeFile("int8.onnx", model) },
    input: { name: "input", shape: [1, 3, 224, 224], color: "RGB" },
    preprocess: {
      resize: { shorterSide: 256, interpolation: "bilinear" },
      crop: 224,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
    },
    outputs: { logits: "logits", embedding: "embedding" },
    labels: { table: "imagenet1k" },
    metrics: {},
    licence: "not to be distributed with this project",
    source: "../shared/models/mobilenetv2-in1k",
    recommendedThreshold: 0.35,
  };
  return new Map([
    [versionFileKey(manifest, "int8.onnx"), async () => model],
    [
      versionFileKey(manifest, "manifest.json"),
      async () => new TextEncoder().encode(JSON.stringify(manifest)),
    ],
  ]);
}
