/** Whether LiteRT answers as ONNX Runtime does, which is the reference. */
import type { Network, NetworkOutputs } from "../../src/inference/network.ts";
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

/** How much a probability may differ: a bound of npm run eval:engines too, and far below what a wrong file gives. */
export const MAX_DIFFERENCE = 0.03;
/** How far embeddings and features may be apart. One whose numbers are in another order is farther than 1. */
const MAX_DISTANCE = 0.1;

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
  /** The largest distance of an embedding or of features, relative to their length (L2). */
  readonly largestDistance: number;
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
  const reference = await loadModel(await startNodeRuntime(), model, manifest, length);
  try {
    const other = await loadModel(await startNodeLitert(), litert, manifest, length);
    const comparing = compareNetworks([reference, other], manifest, photos, onProgress);
    return await comparing.finally(() => other.release());
  } finally {
    await reference.release();
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
  let largestDistance = 0;
  for (const [i, path] of photos.entries()) {
    const tensor = await damaged.read(path, () => readTensor(path, preprocess));
    onProgress(i + 1, photos.length);
    if (!tensor) continue;
    const outputs = [await reference.run(tensor), await other.run(tensor)] as const;
    const [expected, actual] = outputs.map(({ logits }) => softmax(logits, temperature)) as [
      Float64Array,
      Float64Array,
    ];
    compared++;
    largestDistance = Math.max(largestDistance, measureDistance(...outputs));
    largestDifference = Math.max(largestDifference, differ(expected, actual));
    const lostLead = Math.max(...expected) - (expected[indexOfLargest(actual)] as number);
    if (lostLead === 0) sameFirst++;
    largestLostLead = Math.max(largestLostLead, lostLead);
  }
  damaged.requireSome(photos.length);
  return { photos: compared, sameFirst, largestDifference, largestLostLead, largestDistance };
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
  largestDistance,
}: EngineComparison): string | undefined {
  const reasons = [
    ...(largestDifference > MAX_DIFFERENCE
      ? [
          `a probability differs by ${largestDifference.toFixed(3)}, and at most ${MAX_DIFFERENCE} is allowed`,
        ]
      : []),
    ...(largestLostLead > MAX_DIFFERENCE
      ? [
          `the first class is another on ${photos - sameFirst} of ${photos} photos, on one of which it led by ${largestLostLead.toFixed(3)}`,
        ]
      : []),
    ...(largestDistance > MAX_DISTANCE
      ? [
          `an embedding or features differ by ${(100 * largestDistance).toFixed(0)} % of their length, and at most ${100 * MAX_DISTANCE} % is allowed`,
        ]
      : []),
  ];
  if (reasons.length === 0) return undefined;
  return `LiteRT answers differently from ONNX Runtime: ${reasons.join("; ")}.`;
}

/** One sentence for the terminal. */
export function describeComparison({
  photos,
  sameFirst,
  largestDifference,
}: EngineComparison): string {
  const most =
    largestDifference < 1e-4 ? "less than 0.0001" : `at most ${largestDifference.toFixed(4)}`;
  return `Compared with ONNX Runtime on ${photos} ${photos === 1 ? "photo" : "photos"}, the first class is the same on ${sameFirst}, and probabilities differ by ${most}.`;
}

const NONE = new Float32Array();

function measureDistance(a: NetworkOutputs, b: NetworkOutputs): number {
  const pairs = [
    [a.embedding, b.embedding],
    [a.features?.data, b.features?.data],
  ] as const;
  return Math.max(...pairs.map(([expected, actual]) => relativeDistance(expected, actual)));
}

function relativeDistance(expected: Float32Array = NONE, actual: Float32Array = NONE): number {
  if (expected.length !== actual.length) return Number.POSITIVE_INFINITY;
  const lengthOf = (sum: number, value: number) => sum + value ** 2;
  const difference = expected.map((value, i) => value - (actual[i] as number)).reduce(lengthOf, 0);
  return difference === 0 ? 0 : Math.sqrt(difference / expected.reduce(lengthOf, 0));
}

function differ(a: Float64Array, b: Float64Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0);
}

function indexOfLargest(values: Float64Array): number {
  return values.indexOf(Math.max(...values));
}
