/** A small model folder that can answer: a narrow ResNet-18 with made-up weights. */
import {
  describeFile,
  type ModelFolder,
  makeHeadFile,
  writeModelFolder,
} from "../../../cli/models/model-folder.ts";
import { buildResNet } from "../../../src/graphs/resnet/build-resnet.ts";
import { makeResNet } from "../../support/make-resnet.ts";

const SIDE = 32;
const SYNSETS = ["n02123159", "n07920052", "n04266014", "n04548280", "n04485082"];

/**
 * Writes one.
 *
 * @param bias - added to the first class's logit: another content
 */
export function makeModelFolder(
  path: string,
  {
    id = "tiny",
    version = "1.0.0",
    bias = 0,
  }: { id?: string; version?: string; bias?: number } = {},
): Promise<ModelFolder> {
  const weights = new Map(makeResNet(18, { width: 2, classes: SYNSETS.length }));
  const biases = Float32Array.from(SYNSETS, (_, i) => (i === 0 ? bias : 0));
  weights.set("fc.bias", { shape: [SYNSETS.length], data: biases });
  const { model, head } = buildResNet(weights, "made up", { inputSize: SIDE });
  const headFile = makeHeadFile(head.data, SYNSETS.length);
  return writeModelFolder(
    path,
    {
      schemaVersion: 2,
      id,
      version,
      architecture: "ResNet-18",
      files: { model: describeFile("fp32.onnx", model), head: headFile.entry },
      input: { name: "input", shape: [1, 3, SIDE, SIDE], color: "RGB" },
      preprocess: {
        resize: { shorterSide: SIDE, interpolation: "bilinear" },
        crop: SIDE,
        mean: [0.5, 0.5, 0.5],
        std: [0.5, 0.5, 0.5],
      },
      outputs: { logits: "logits", embedding: "embedding", features: "features" },
      labels: { table: "imagenet1k", classes: SYNSETS },
      metrics: {},
      licence: "MIT",
      source: "made up",
      recommendedThreshold: 0.1,
    },
    new Map([
      ["fp32.onnx", model],
      [headFile.entry.path, headFile.bytes],
    ]),
  );
}
