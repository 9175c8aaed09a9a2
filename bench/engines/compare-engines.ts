/** Runs photos through a network in both engines, and measures how far the answers are apart. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readTensor } from "../../cli/images/read-tensor.ts";
import { loadModelFolder } from "../../cli/models/load-model-folder.ts";
import { readModelFolder } from "../../cli/models/model-folder.ts";
import { readLabelSources } from "../../cli/platform/label-sources.ts";
import { startNodeLitert } from "../../cli/platform/node-litert.ts";
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import { convertGraph } from "../../src/graphs/tflite/convert-graph.ts";
import { writeTflite } from "../../src/graphs/tflite/write-tflite.ts";
import { activationMap } from "../../src/inference/activation-map.ts";
import type { Network, NetworkOutputs } from "../../src/inference/network.ts";
import { softmax } from "../../src/inference/softmax.ts";
import { labelClasses } from "../../src/labels/label-classes.ts";
import { loadModel } from "../../src/models/load-model.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { preprocessOf } from "../../src/models/preprocess-of.ts";
import { decodeNpy } from "../../tools/npy.ts";

/** How the answers to one photo differ. */
export type PhotoDifference = {
  readonly photo: string;
  readonly isSameClass: boolean;
  /** The largest difference of the probability of a class. */
  readonly probability: number;
  /** The largest difference of a position of the first class's heat map, 0 to 1; undefined without heat maps. */
  readonly heat: number | undefined;
  /** Whether the first class is that of float32; undefined if the network was not run in float32. */
  readonly asFloat: { readonly onnxruntime: boolean; readonly litert: boolean } | undefined;
};

export type EngineComparison = {
  readonly photos: readonly PhotoDifference[];
  /** CPU time of LiteRT, that of ONNX Runtime being 1. */
  readonly cpuRatio: number;
};

export type PhotoSet = {
  readonly paths: readonly string[];
  /** Whether to run these in float32 too, if there is such a network. */
  readonly withFloat: boolean;
};

/** The folders of a network in int8 and, if there is one, in float32. */
export type Folders = { readonly int8: string; readonly float?: string | undefined };

/** @param signal - ends the comparison after the photo at hand */
export async function compareEngines(
  { int8: folder, float: floatFolder }: Folders,
  sets: readonly PhotoSet[],
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<EngineComparison> {
  const model = await readModelFolder(folder);
  const { manifest } = model;
  const networks = {
    onnxruntime: await loadModelFolder(model),
    litert: await loadLitert(folder, manifest),
  };
  const float = floatFolder ? await loadModelFolder(await readModelFolder(floatFolder)) : undefined;
  const rowOf = await readHead(folder, manifest);
  const temperature = manifest.calibration?.temperature;
  const preprocess = preprocessOf(manifest);
  const total = sets.reduce((sum, { paths }) => sum + paths.length, 0);
  const cpu = { onnxruntime: 0, litert: 0 };
  const timed = async (engine: keyof typeof cpu, tensor: Float32Array): Promise<NetworkOutputs> => {
    const before = process.cpuUsage();
    const outputs = await networks[engine].run(tensor);
    const { user, system } = process.cpuUsage(before);
    cpu[engine] += user + system;
    return outputs;
  };
  const photos: PhotoDifference[] = [];
  for (const { paths, withFloat } of sets) {
    for (const photo of paths) {
      if (signal.aborted) break;
      const tensor = photo.endsWith(".npy")
        ? decodeNpy(await readFile(photo)).data
        : await readTensor(photo, preprocess);
      const expected = await timed("onnxruntime", tensor);
      const actual = await timed("litert", tensor);
      const reference = withFloat && float ? firstOf((await float.run(tensor)).logits) : undefined;
      const first = firstOf(expected.logits);
      const second = firstOf(actual.logits);
      const [p, q] = [expected, actual].map(({ logits }) => softmax(logits, temperature));
      photos.push({
        photo,
        isSameClass: first === second,
        probability: largestDifference(p as Float64Array, q as Float64Array),
        heat: rowOf && compareHeat(expected, actual, rowOf(first)),
        asFloat:
          reference === undefined
            ? undefined
            : { onnxruntime: first === reference, litert: second === reference },
      });
      onProgress(photos.length, total);
    }
  }
  for (const network of [networks.onnxruntime, networks.litert, float]) await network?.release();
  return { photos, cpuRatio: cpu.litert / cpu.onnxruntime };
}

async function loadLitert(folder: string, manifest: ModelManifest): Promise<Network> {
  const file = new Uint8Array(await readFile(join(folder, manifest.files.model.path)));
  const [, , height = 0, width = 0] = manifest.input.shape;
  const graph = readModel(file, manifest.id, { height, width });
  const { length } = labelClasses(manifest.labels, await readLabelSources());
  return loadModel(await startNodeLitert(), writeTflite(convertGraph(graph)), manifest, length);
}

/** The weights of the classifier for a class, [D]. */
async function readHead(folder: string, { files: { head } }: ModelManifest) {
  if (!head) return undefined;
  const bytes = new Uint8Array(await readFile(join(folder, head.path)));
  const weights = Float32Array.from(new Float16Array(bytes.buffer));
  const [, width] = head.shape;
  return (row: number) => weights.subarray(row * width, (row + 1) * width);
}

function compareHeat(
  { features: expected }: NetworkOutputs,
  { features: actual }: NetworkOutputs,
  weights: Float32Array,
): number | undefined {
  if (!expected || !actual) return undefined;
  return largestDifference(
    activationMap(expected, weights).data,
    activationMap(actual, weights).data,
  );
}

function firstOf(logits: Float32Array): number {
  return logits.reduce((best, value, i) => (value > (logits[best] as number) ? i : best), 0);
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    largest = Math.max(largest, Math.abs((a[i] as number) - (b[i] as number)));
  }
  return largest;
}
