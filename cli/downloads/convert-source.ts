/** Converts a downloaded network to an ONNX file and the manifest's entries for it. */

import type { Graph } from "../../src/graphs/graph.ts";
import { USUAL_SIDE } from "../../src/graphs/onnx/read-input.ts";
import { readModelAndInput } from "../../src/graphs/onnx/read-model.ts";
import { writeModel } from "../../src/graphs/onnx/write-model.ts";
import { buildResNet } from "../../src/graphs/resnet/build-resnet.ts";
import { withGraph } from "../../src/graphs/run-graph.ts";
import { readSafetensors } from "../../src/graphs/safetensors/read-safetensors.ts";
import type { Size } from "../../src/imaging/choose-reduction.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { CliError } from "../cli-error.ts";
import type { InputFacts } from "../models/input-facts.ts";
import { describeFile, makeHeadFile } from "../models/model-folder.ts";
import { startNodeRuntime } from "../platform/node-runtime.ts";
import type { CatalogueEntry } from "./catalogue.ts";

/** A network as it goes into a model folder. */
export type ConvertedNetwork = {
  readonly architecture: string;
  readonly inputName: string;
  /** Of its input. */
  readonly size: Size;
  readonly outputs: ModelManifest["outputs"];
  readonly entries: ModelManifest["files"];
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly classes: number;
};

export type ConvertOptions = Pick<InputFacts, "size" | "layout" | "preprocessFor"> & {
  readonly enlargeTo: number | undefined;
};

const DEFAULT_SIZE: Size = { width: USUAL_SIDE, height: USUAL_SIDE };
const MODEL_FILE = "fp32.onnx";

/**
 * @param bytes - of the source
 * @throws CliError MODEL_UNUSABLE if it is not a classifier; GraphError if it is damaged or not supported
 */
export async function convertSource(
  bytes: Uint8Array,
  entry: CatalogueEntry,
  options: ConvertOptions,
): Promise<ConvertedNetwork> {
  return entry.format === "onnx"
    ? takeOnnx(bytes, entry, options)
    : convertSafetensors(bytes, entry, options);
}

function convertSafetensors(
  bytes: Uint8Array,
  entry: CatalogueEntry,
  { size = DEFAULT_SIZE, enlargeTo }: ConvertOptions,
): ConvertedNetwork {
  const inputSize = size.width;
  if (size.height !== inputSize) {
    throw new CliError("OPTION_INVALID", {
      what: "--input-size is not valid.",
      why: `It is ${size.height}x${size.width}, but a network in safetensors is built for square photos.`,
      fix: `Give one number, such as --input-size ${USUAL_SIDE}, or export the network as .onnx.`,
    });
  }
  const { model, head, architecture } = buildResNet(
    readSafetensors(bytes, entry.url),
    entry.url,
    enlargeTo === undefined ? { inputSize } : { inputSize, enlargeTo },
  );
  const [classes] = head.shape;
  const headFile = makeHeadFile(head.data, classes);
  return {
    architecture,
    inputName: "input",
    size,
    outputs: { logits: "logits", embedding: "embedding", features: "features" },
    entries: { model: describeFile(MODEL_FILE, model), head: headFile.entry },
    files: new Map([
      [MODEL_FILE, model],
      [headFile.entry.path, headFile.bytes],
    ]),
    classes,
  };
}

/** Unchanged, unless its input has to be converted: its outputs get their names when it is quantised. */
async function takeOnnx(
  bytes: Uint8Array,
  entry: CatalogueEntry,
  { size, layout, preprocessFor }: ConvertOptions,
): Promise<ConvertedNetwork> {
  const { graph, input } = readModelAndInput(bytes, entry.url, { size, layout });
  if (input.type === "uint8") requireBytes(preprocessFor(input.size), entry.url);
  const isAdapted = input.layout === "nhwc" || input.type !== "float";
  const model = isAdapted ? writeModel(graph) : bytes;
  const logits = findLogits(graph);
  return {
    architecture: entry.description,
    inputName: graph.input.name,
    size: input.size,
    outputs: { logits },
    entries: { model: describeFile(MODEL_FILE, model) },
    files: new Map([[MODEL_FILE, model]]),
    classes: await countClasses(graph, logits, entry.url),
  };
}

/** A Cast to uint8 makes 0 of almost everything that is normalised. */
function requireBytes({ mean, std }: ModelManifest["preprocess"], file: string): void {
  const isByte = mean.every((value) => value === 0) && std.every((value) => value === 1 / 255);
  if (isByte) return;
  throw new CliError("OPTION_INVALID", {
    what: `${file} cannot take values that are normalised.`,
    why: "Its input takes uint8, which are whole numbers from 0 to 255.",
    fix: "Give --scale 255, and neither --mean nor --std.",
  });
}

function findLogits({ outputs }: Graph): string {
  const names = outputs.map(({ name }) => name);
  return names.find((name) => name === "logits") ?? (names[0] as string);
}

async function countClasses(graph: Graph, logits: string, file: string): Promise<number> {
  const size = graph.input.shape.reduce((product, side) => product * side, 1);
  const output = await withGraph(await startNodeRuntime(), graph, [logits], async (run) =>
    (await run(new Float32Array(size))).get(logits),
  );
  const classes = output?.data.length ?? 0;
  if (output?.type === "float" && classes > 1 && output.shape.includes(classes)) return classes;
  throw new CliError("MODEL_UNUSABLE", {
    what: `${file} is not a classifier.`,
    why: `Its output ${logits} has the shape [${output?.shape.join(", ")}], not one number for each class.`,
    fix: "Give a network that classifies images.",
  });
}
