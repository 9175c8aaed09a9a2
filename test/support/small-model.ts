/** A model that is small enough to be made in a test: a narrow ResNet-18 with made-up weights. */
import { buildResNet } from "../../src/graphs/resnet/build-resnet.ts";
import type { LabelSpec } from "../../src/labels/class-spec.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { sha256Hex } from "../../src/sha256.ts";
import { makeResNet } from "./make-resnet.ts";

const SIDE = 32;
const ENLARGED = 64;
/** The ids of its classes by default, which are synsets. */
export const SMALL_CLASSES = ["n02123159", "n07920052", "n04266014", "n04548280", "n04485082"];

export type SmallModel = {
  readonly manifest: ModelManifest;
  /** By the paths that the manifest states. */
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
};

/**
 * Makes one.
 *
 * @param options.bias - added to the first class's logit, so that the content differs
 * @param options.labels - lists the classes
 * @param options.width - number of channels of the first stage
 * @param options.enlarge - whether the graph starts with a Resize
 */
export async function makeSmallModel({
  id = "tiny",
  version = "1.0.0",
  bias = 0,
  enlarge = false,
  width = 2,
  labels = { table: "imagenet1k", classes: SMALL_CLASSES },
}: {
  id?: string;
  version?: string;
  bias?: number;
  enlarge?: boolean;
  width?: number;
  labels?: LabelSpec;
} = {}): Promise<SmallModel> {
  const count = labels.classes?.length ?? 0;
  const weights = new Map(makeResNet(18, { width, classes: count }));
  const biases = Float32Array.from({ length: count }, (_, i) => (i === 0 ? bias : 0));
  weights.set("fc.bias", { shape: [count], data: biases });
  const { model, head } = buildResNet(weights, "made up", {
    inputSize: SIDE,
    ...(enlarge ? { enlargeTo: ENLARGED } : {}),
  });
  const rows = new Uint8Array(Float16Array.from(head.data).buffer);
  const describe = async (path: string, bytes: Uint8Array) => ({
    path,
    bytes: bytes.byteLength,
    sha256: await sha256Hex(bytes),
  });
  return {
    manifest: {
      schemaVersion: 2,
      id,
      version,
      architecture: "ResNet-18",
      files: {
        model: await describe("fp32.onnx", model),
        head: {
          ...(await describe("head.f16.bin", rows)),
          dtype: "float16",
          shape: [count, head.data.length / count],
        },
      },
      input: { name: "input", shape: [1, 3, SIDE, SIDE], color: "RGB" },
      preprocess: {
        resize: { shorterSide: SIDE, interpolation: "bilinear" },
        crop: SIDE,
        mean: [0.5, 0.5, 0.5],
        std: [0.5, 0.5, 0.5],
      },
      outputs: { logits: "logits", embedding: "embedding", features: "features" },
      labels,
      metrics: {},
      licence: "MIT",
      source: "made up",
      recommendedThreshold: 0.1,
    },
    files: new Map([
      ["fp32.onnx", model],
      ["head.f16.bin", rows],
    ]),
  };
}
