/** The small model in int8, with a file for each engine. */
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import { writeModel } from "../../src/graphs/onnx/write-model.ts";
import { convertGraph } from "../../src/graphs/tflite/convert-graph.ts";
import { writeTflite } from "../../src/graphs/tflite/write-tflite.ts";
import { prepareNetwork } from "../../src/quantize/prepare/prepare-network.ts";
import { calibrateNetwork, quantizeNetwork } from "../../src/quantize/quantize-network.ts";
import { sha256Hex } from "../../src/sha256.ts";
import { each, makeImages } from "./made-up.ts";
import { makeSmallModel, type SmallModel } from "./small-model.ts";

/** @param options - those of {@link makeSmallModel} */
export async function makeSmallLitertModel(
  options?: Parameters<typeof makeSmallModel>[0],
): Promise<SmallModel> {
  const { manifest, files } = await makeSmallModel(options);
  const { path } = manifest.files.model;
  const [, , side] = manifest.input.shape;
  const runtime = await startNodeRuntime();
  const source = readModel(files.get(path) as Uint8Array, path, side);
  const network = await prepareNetwork(runtime, source, manifest.outputs.logits);
  const images = each(makeImages(2, side));
  const calibrated = await calibrateNetwork(runtime, network, images, () => {});
  const graph = quantizeNetwork(calibrated, { method: "minmax", format: "qoperator" });
  const model = writeModel(graph);
  const litert = writeTflite(convertGraph(readModel(model, path, side)));
  const head = manifest.files.head?.path ?? "";
  return {
    manifest: {
      ...manifest,
      files: {
        ...manifest.files,
        model: await describeFile("int8.onnx", model),
        litert: await describeFile("model.tflite", litert),
      },
    },
    files: new Map([
      ["int8.onnx", model],
      ["model.tflite", litert],
      [head, files.get(head) as Uint8Array<ArrayBuffer>],
    ]),
  };
}

export async function describeFile(path: string, bytes: Uint8Array<ArrayBuffer>) {
  return { path, bytes: bytes.byteLength, sha256: await sha256Hex(bytes) };
}
