/** `resnet-edge model quantize`: a model folder in float32 to one in int8. */

import { readModel } from "../../../src/graphs/onnx/read-model.ts";
import { writeModel } from "../../../src/graphs/onnx/write-model.ts";
import type { ModelManifest } from "../../../src/models/manifest.ts";
import { RANGE_METHODS } from "../../../src/quantize/choose-range.ts";
import { FORMATS, type Format } from "../../../src/quantize/emit-graph.ts";
import {
  type PreparedNetwork,
  prepareNetwork,
} from "../../../src/quantize/prepare/prepare-network.ts";
import { EMBEDDING, FEATURES, INPUT, LOGITS } from "../../../src/quantize/tensor-names.ts";
import { type BestMethod, tryMethods } from "../../../src/quantize/try-methods.ts";
import { CliError } from "../../cli-error.ts";
import { type Command, parseOptions, readNumber, requireWords } from "../../command.ts";
import { listImages, spread } from "../../images/list-images.ts";
import { readTensor } from "../../images/read-tensor.ts";
import {
  describeFile,
  makeHeadFile,
  readModelFiles,
  readModelFolder,
  writeModelFolder,
} from "../../models/model-folder.ts";
import { startNodeRuntime } from "../../platform/node-runtime.ts";
import { formatTable } from "../../terminal/format-table.ts";
import { ProgressBar } from "../../terminal/progress-bar.ts";

const DEFAULT_COUNT = 128;
const MODEL_FILE = "int8.onnx";

const USAGE = `resnet-edge model quantize FOLDER --images DIR [options]

Makes an int8 network of the float32 one in FOLDER: batch normalisation folded, outputs logits, embedding
and features of one pass, weights symmetric by output channel, activations in 256 levels whose ranges are
learnt from photos; the classifier stays in float, its rows go to head.f16.bin.

  --images DIR        photos like those to be classified; their classes need not be known
  --count N           how many of them, evenly spread (default ${DEFAULT_COUNT})
  --method NAME       how ranges are chosen: ${RANGE_METHODS.join(", ")};
                      without it all are tried, and the one closest to float32 is taken
  --format NAME       ${FORMATS.join(" or ")} (default qoperator: it loads faster)
  --out DIR           default: FOLDER-int8
  --json              one line of JSON in place of words`;

const OPTIONS = {
  images: "string",
  count: "string",
  method: "string",
  format: "string",
  out: "string",
} as const;

/** What was made. */
export type QuantizeReport = Omit<BestMethod, "graph"> & {
  readonly folder: string;
  readonly format: Format;
  readonly bytes: { readonly float32: number; readonly int8: number };
  readonly notes: readonly string[];
};

export const quantize: Command = {
  usage: USAGE,
  run: async (args) => {
    const report = await quantizeModel(args);
    return { result: report, words: describeReport(report) };
  },
};

async function quantizeModel(args: readonly string[]): Promise<QuantizeReport> {
  const { options, words } = parseOptions(args, OPTIONS);
  const [folder = ""] = requireWords(words, ["FOLDER"], "quantize");
  const method = readChoice("method", options.method, RANGE_METHODS);
  const format = readChoice("format", options.format, FORMATS) ?? "qoperator";
  const count = readNumber("count", options.count, { min: 1, max: 10_000, integer: true });
  if (options.images === undefined) {
    throw new CliError(
      "There is nothing to learn the ranges from.",
      "--images was not given.",
      "Give a folder of some hundred photos like those to be classified.",
    );
  }
  const source = await readModelFolder(folder);
  const { manifest } = source;
  const { path } = manifest.files.model;
  const float = (await readModelFiles(source)).get(path) as Uint8Array;
  const paths = spread(await listImages(options.images), count ?? DEFAULT_COUNT);
  const runtime = await startNodeRuntime();
  const network = await prepareNetwork(
    runtime,
    readModel(float, `${folder}/${path}`, manifest.preprocess.crop),
    manifest.outputs.logits,
  );
  const bars = ["calibrating", "comparing"].map(
    (name) => new ProgressBar(name, { silent: options.json, unit: "images" }),
  );
  const { graph, ...tried } = await tryMethods(runtime, network, {
    paths,
    read: (image) => readTensor(image, manifest.preprocess),
    methods: method ? [method] : RANGE_METHODS,
    format,
    onCalibrated: (done, total) => bars[0]?.update(done, total),
    onCompared: (done, total) => bars[1]?.update(done, total),
  });
  for (const bar of bars) bar.end();
  const int8 = writeModel(graph);
  const out = options.out ?? `${folder.replace(/\/+$/, "")}-int8`;
  await writeQuantized(out, manifest, network, int8, tried);
  return {
    folder: out,
    ...tried,
    format,
    bytes: { float32: float.byteLength, int8: int8.byteLength },
    notes: network.notes,
  };
}

/** The facts of the float network, with other files, and without figures that were measured on those. */
async function writeQuantized(
  folder: string,
  { calibration: _, ...source }: ModelManifest,
  { head, graph }: PreparedNetwork,
  int8: Uint8Array,
  { method, calibrationImages }: Pick<BestMethod, "method" | "calibrationImages">,
): Promise<void> {
  const files = new Map([[MODEL_FILE, int8]]);
  const headFile = head && makeHeadFile(head.weight, head.classes);
  if (headFile) files.set(headFile.entry.path, headFile.bytes);
  const has = (name: string) => graph.outputs.some((output) => output.name === name);
  await writeModelFolder(
    folder,
    {
      ...source,
      files: {
        model: describeFile(MODEL_FILE, int8),
        ...(headFile ? { head: headFile.entry } : {}),
      },
      input: { ...source.input, name: INPUT },
      outputs: {
        logits: LOGITS,
        ...(has(EMBEDDING) ? { embedding: EMBEDDING } : {}),
        ...(has(FEATURES) ? { features: FEATURES } : {}),
      },
      metrics: {},
      source: `${source.source}; quantised to int8 by resnet-edge, ranges by ${method} of ${calibrationImages} images`,
    },
    files,
  );
}

function readChoice<Choice extends string>(
  option: string,
  text: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  if (text === undefined) return undefined;
  const choice = choices.find((known) => known === text);
  if (choice) return choice;
  throw new CliError(`--${option} is wrong.`, `It is ${text}.`, `Give ${choices.join(" or ")}.`);
}

function describeReport(report: QuantizeReport): string {
  const { folder, method, bytes, closeness, floatOperators, notes, calibrationImages } = report;
  const mb = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
  const rows = Object.entries(closeness).map(([name, { divergence, agreement }]) => [
    name === method ? `${name} (taken)` : name,
    divergence.toFixed(4),
    `${(100 * agreement).toFixed(1)} %`,
  ]);
  const kept = Object.entries(floatOperators).map(([operator, times]) => `${operator} (${times})`);
  return [
    ...(rows.length > 0
      ? [formatTable(["ranges by", "divergence from float32", "same first class"], rows), ""]
      : []),
    `${folder}: ${mb(bytes.int8)} of int8 from ${mb(bytes.float32)} of float32, ranges by ${method} of ${calibrationImages} images.`,
    ...(kept.length > 0 ? [`In float, because not known in integers: ${kept.join(", ")}.`] : []),
    ...notes.map((note) => `Note: ${note}.`),
    `Next: resnet-edge model evaluate ${folder} --data DIR`,
  ].join("\n");
}
