/** Whether LiteRT answers as ONNX Runtime does, which is the reference. */
import type { Network } from "../../src/inference/network.ts";
import { softmax } from "../../src/inference/softmax.ts";
import { labelClasses } from "../../src/labels/label-classes.ts";
import { loadModel } from "../../src/models/load-model.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { preprocessOf } from "../../src/models/preprocess-of.ts";
import { readTensor } from "../images/read-tensor.ts";
import { DamagedImages } from "../images/skip-damaged.ts";
import { readLabelSources } from "../platform/label-sources.ts";
import { startNodeLitert } from "../platform/node-litert.ts";
import { startNodeRuntime } from "../platform/node-runtime.ts";

/**
 * How much a probability may differ. A file that is wrong differs by almost 1 on some photo. Rounding alone gave
 * up to 0.02 on 200 photos with either of the embedded networks.
 */
export const MAX_DIFFERENCE = 0.05;

/** What a comparison has found. */
export type EngineComparison = {
  /** How many photos both have classified. */
  readonly photos: number;
  /** How many of them have the same first class. */
  readonly sameFirst: number;
  /** The largest difference of a probability. */
  readonly largestDifference: number;
  /** How far the first class leads in ONNX Runtime on the photos where LiteRT has another: the largest lead, or 0. */
  readonly largestLostLead: number;
};

export type ComparedFiles = {
  readonly manifest: ModelManifest;
  /** Bytes of the ONNX graph. */
  readonly model: Uint8Array;
  /** Bytes of the file for LiteRT. */
  readonly litert: Uint8Array;
};

/**
 * Runs both files of a model on photos.
 *
 * @param photos - paths; those that cannot be decoded are skipped
 * @throws ModelError MODEL_UNAVAILABLE if an engine cannot load or run its file; CliError IMAGES_MISSING
 */
export async function compareEngines(
  { manifest, model, litert }: ComparedFiles,
  photos: readonly string[],
  onProgress: (done: number, total: number) => void = () => {},
): Promise<EngineComparison> {
  const { length } = labelClasses(manifest.labels, await readLabelSources());
  const networks = [
    await loadModel(await startNodeRuntime(), model, manifest, length),
    await loadModel(await startNodeLitert(), litert, manifest, length),
  ] as const;
  try {
    return await compareNetworks(networks, manifest, photos, onProgress);
  } finally {
    for (const network of networks) await network.release();
  }
}

async function compareNetworks(
  [reference, other]: readonly [Network, Network],
  manifest: ModelManifest,
  photos: readonly string[],
  onProgress: (done: number, total: number) => void,
): Promise<EngineComparison> {
  const preprocess = preprocessOf(manifest);
  const temperature = manifest.calibration?.temperature ?? 1;
  const damaged = new DamagedImages(false);
  let compared = 0;
  let sameFirst = 0;
  let largestDifference = 0;
  let largestLostLead = 0;
  for (const [i, path] of photos.entries()) {
    const tensor = await damaged.read(path, () => readTensor(path, preprocess));
    onProgress(i + 1, photos.length);
    if (!tensor) continue;
    const expected = softmax((await reference.run(tensor)).logits, temperature);
    const actual = softmax((await other.run(tensor)).logits, temperature);
    compared++;
    largestDifference = Math.max(largestDifference, differ(expected, actual));
    const lostLead = Math.max(...expected) - (expected[indexOfLargest(actual)] as number);
    if (lostLead === 0) sameFirst++;
    largestLostLead = Math.max(largestLostLead, lostLead);
  }
  damaged.requireSome(photos.length);
  return { photos: compared, sameFirst, largestDifference, largestLostLead };
}

/**
 * Says why LiteRT must not answer.
 *
 * @returns undefined if it may
 */
export function explainDisagreement({
  photos,
  sameFirst,
  largestDifference,
  largestLostLead,
}: EngineComparison): string | undefined {
  const reasons = [
    ...(largestDifference > MAX_DIFFERENCE
      ? [`a probability differs by ${largestDifference.toFixed(3)}`]
      : []),
    ...(largestLostLead > MAX_DIFFERENCE
      ? [
          `the first class is another on ${photos - sameFirst} of ${photos} photos, on one of which it led by ${largestLostLead.toFixed(3)}`,
        ]
      : []),
  ];
  if (reasons.length === 0) return undefined;
  return `LiteRT answers differently from ONNX Runtime: ${reasons.join(", and ")}; at most ${MAX_DIFFERENCE} is allowed.`;
}

/** One sentence for the terminal. */
export function describeComparison({
  photos,
  sameFirst,
  largestDifference,
}: EngineComparison): string {
  return `Compared with ONNX Runtime on ${photos} ${photos === 1 ? "photo" : "photos"}, the first class is the same on ${sameFirst}, and probabilities differ by at most ${largestDifference.toFixed(4)}.`;
}

function differ(a: Float64Array, b: Float64Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0);
}

function indexOfLargest(values: Float64Array): number {
  return values.indexOf(Math.max(...values));
}
