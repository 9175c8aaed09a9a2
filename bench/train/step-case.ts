/** A training step that is measured: of which network, and what of it is trained. */
import { readFile } from "node:fs/promises";
import { dequantise } from "../../src/graphs/dequantise.ts";
import type { Graph } from "../../src/graphs/graph.ts";
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import type { RgbImage } from "../../src/imaging/rgb-image.ts";
import { listParameters } from "../../src/training/list-parameters.ts";

export const TRAINED = ["all", "last stage", "head"] as const;

/** Of the shorter side of a photo to the side of the input: 256 px for 224. */
const ROOM = 256 / 224;
const RATIO = 4 / 3;

export type StepCase = {
  /** An ONNX file with the output `logits`. */
  readonly file: string;
  readonly trained: (typeof TRAINED)[number];
  /** Whether each step gets photos that were changed at random, as by default. */
  readonly augmented: boolean;
  /** Images in a batch. */
  readonly batch: number;
  readonly threads: number;
  /** How many steps are measured, after one that is not. */
  readonly steps: number;
};

/** What one process measured. Times are those of the median step. */
export type Measurement = {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** The most memory that the process had. */
  readonly peakMb: number;
  readonly losses: readonly number[];
};

export const RATE = 1e-3;
export const MOMENTUM = 0.9;

export async function readNetwork({ file }: StepCase): Promise<Graph> {
  return dequantise(readModel(new Uint8Array(await readFile(file)), file));
}

/** The names of the parameters that a case trains. */
export function chooseTrained(graph: Graph, { trained }: StepCase): string[] {
  const parameters = listParameters(graph, "logits");
  const last = Math.max(...parameters.map(({ stage }) => (stage === "head" ? 0 : stage)));
  return parameters
    .filter(
      ({ stage }) =>
        trained === "all" || stage === "head" || (trained !== "head" && stage === last),
    )
    .map(({ name }) => name);
}

/** A made-up photo as it is before augmentation, [H, W, 3]. */
export function makePhoto(side: number): RgbImage {
  const height = Math.round(side * ROOM);
  const width = Math.round(height * RATIO);
  const data = Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => 127 + 90 * Math.sin(i * 0.0007) + 30 * Math.cos(i * 0.37),
  );
  return { width, height, data };
}

/** The same images and classes each time. */
export function makeBatch(shape: readonly number[], classes: number) {
  const [count = 0, channels = 0, height = 0, width = 0] = shape;
  const images = Float32Array.from(
    { length: count * channels * height * width },
    (_, i) => Math.sin(i * 0.37) + Math.cos(i * 0.0011),
  );
  const targets = new Float32Array(count * classes);
  for (let image = 0; image < count; image++)
    targets[image * classes + ((image * 7) % classes)] = 1;
  return { images, targets };
}
