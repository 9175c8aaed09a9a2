/** Converts a downloaded network to an ONNX file and the manifest's entries for it. */

import { USUAL_SIDE } from "../../src/graphs/onnx/read-input.ts";
import { buildResNet } from "../../src/graphs/resnet/build-resnet.ts";
import { readSafetensors } from "../../src/graphs/safetensors/read-safetensors.ts";
import type { Size } from "../../src/imaging/choose-reduction.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { CliError } from "../cli-error.ts";
import type { InputFacts } from "../models/input-facts.ts";
import { describeFile, makeHeadFile } from "../models/model-folder.ts";
import type { CatalogueEntry } from "./catalogue.ts";
import { OWN_LICENCE } from "./find-source.ts";
import { refuseBlurPooling } from "./refuse-blur-pooling.ts";
import { takeOnnx } from "./take-onnx.ts";

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
  /** Whether it computes with integers already. */
  readonly quantized: boolean;
  /** What was changed, as text to display. */
  readonly notes: readonly string[];
};

export type ConvertOptions = InputFacts & {
  readonly enlargeTo: number | undefined;
  /** The name that --output gives. */
  readonly output: string | undefined;
  /** How many classes the network should have. */
  readonly classes: number;
};

const DEFAULT_SIZE: Size = { width: USUAL_SIDE, height: USUAL_SIDE };
const MODEL_FILE = "fp32.onnx";
/** Architectures that share their parameters with others. */
const HAVE_DOUBLES: ReadonlySet<string> = new Set(["ResNet-18", "ResNet-50"]);
const QUANTIZED_FILE = "quantized.onnx";

/**
 * @param bytes - of the source
 * @throws CliError OPTION_INVALID if it has no such output; GraphError if it is damaged, is not a classifier, or is not
 *   supported
 */
export async function convertSource(
  bytes: Uint8Array,
  entry: CatalogueEntry,
  options: ConvertOptions,
): Promise<ConvertedNetwork> {
  return entry.format === "onnx"
    ? convertOnnx(bytes, entry, options)
    : convertSafetensors(bytes, entry, options);
}

async function convertSafetensors(
  bytes: Uint8Array,
  entry: CatalogueEntry,
  { size: stated, openSize, enlargeTo }: ConvertOptions,
): Promise<ConvertedNetwork> {
  const size = stated ?? openSize ?? DEFAULT_SIZE;
  await refuseBlurPooling(bytes, entry.url, entry.name);
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
    quantized: false,
    notes:
      entry.licence === OWN_LICENCE && HAVE_DOUBLES.has(architecture)
        ? [
            `the weights were taken for those of TorchVision's ${architecture}; timm's resnetblur and resnetaa have the same names, but need an .onnx file`,
          ]
        : [],
  };
}

async function convertOnnx(
  bytes: Uint8Array,
  entry: CatalogueEntry,
  options: ConvertOptions,
): Promise<ConvertedNetwork> {
  const { model, inputName, logits, ...rest } = await takeOnnx(bytes, entry.url, options);
  const path = rest.quantized ? QUANTIZED_FILE : MODEL_FILE;
  return {
    ...rest,
    architecture: entry.description,
    inputName,
    outputs: { logits },
    entries: { model: describeFile(path, model) },
    files: new Map([[path, model]]),
  };
}
