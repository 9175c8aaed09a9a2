import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { readModel } from "../../../src/graphs/onnx/read-model.ts";
import { writeModel } from "../../../src/graphs/onnx/write-model.ts";
import type { Runtime } from "../../../src/inference/runtime.ts";
import { preprocessOf } from "../../../src/models/preprocess-of.ts";
import { RANGE_METHODS } from "../../../src/quantize/choose-range.ts";
import { FORMATS } from "../../../src/quantize/emit/emit-graph.ts";
import { prepareNetwork } from "../../../src/quantize/prepare/prepare-network.ts";
import { tryMethods } from "../../../src/quantize/try-methods.ts";
import { CliError } from "../../cli-error.ts";
import { defineCommand } from "../../define-command.ts";
import { requireWritable } from "../../files/require-writable.ts";
import { listImages, spread } from "../../images/list-images.ts";
import { readTensor } from "../../images/read-tensor.ts";
import { DamagedImages } from "../../images/skip-damaged.ts";
import { int8FolderOf } from "../../models/int8-folder.ts";
import { type ModelFolder, readModelFiles, readModelFolder } from "../../models/model-folder.ts";
import { noteSize } from "../../models/note-size.ts";
import { startNodeRuntime } from "../../platform/node-runtime.ts";
import { describeQuantized, type QuantizeReport } from "../../quantize/describe-quantized.ts";
import { writeQuantized } from "../../quantize/write-quantized.ts";
import { ProgressBar } from "../../terminal/progress-bar.ts";

export const quantize = defineCommand({
  description:
    "Write an int8 network with the outputs logits, embedding and features. Batch normalisation is folded, weights are symmetric per output channel, and activations have 256 levels whose ranges are learnt from photos. The classifier stays in float; its rows go to head.f16.bin.",
  arguments: { folder: { placeholder: "FOLDER", help: "a float32 model folder" } },
  options: {
    images: {
      type: "text",
      required: true,
      placeholder: "DIR",
      help: "photos like those to be classified, some hundred of them; their classes need not be known",
    },
    count: {
      type: "number",
      min: 1,
      max: 10_000,
      integer: true,
      placeholder: "N",
      help: "how many photos to use, spread evenly",
      default: 128,
    },
    method: {
      type: "choice",
      choices: RANGE_METHODS,
      placeholder: "NAME",
      help: "how to choose ranges",
      defaultText: "try all, and use the one closest to float32",
    },
    format: {
      type: "choice",
      choices: FORMATS,
      placeholder: "NAME",
      help: "form of the ONNX graph; qoperator loads faster",
      default: "qoperator",
    },
    strict: { type: "flag", help: "stop at the first damaged photo, instead of skipping it" },
    out: {
      type: "text",
      placeholder: "DIR",
      help: "the folder to write",
      defaultText: "FOLDER-int8",
    },
  },
  run: async ({ args: { folder }, options }) => {
    const { method, format, count } = options;
    const source = await readModelFolder(folder);
    const out = options.out ?? int8FolderOf(folder);
    await requireOtherFolder(out, folder);
    await requireWritable(out);
    const { manifest } = source;
    const preprocess = preprocessOf(manifest);
    const { path } = manifest.files.model;
    const paths = spread(await listImages(options.images), count);
    const runtime = await startNodeRuntime();
    const file = join(folder, path);
    const { network, name, bytes } = await readNetwork(runtime, source, file);
    const damaged = new DamagedImages(options.strict);
    let bar: ProgressBar | undefined;
    /** Ends the bar of the stage before. */
    const startBar = (name: string, unit: string) => {
      const started = new ProgressBar(name, { silent: options.json, unit });
      return (done: number, total: number) => {
        if (bar !== started) bar?.end();
        bar = started;
        started.update(done, total);
      };
    };
    const { graph, ...tried } = await tryMethods(runtime, network, {
      paths,
      read: async (image) => {
        const tensor = await damaged.read(image, () => readTensor(image, preprocess));
        if (!tensor) damaged.requireSome(paths.length);
        return tensor;
      },
      methods: method ? [method] : RANGE_METHODS,
      format,
      onCalibrated: startBar("calibrating", "images"),
      onRanged: startBar("choosing ranges", "activations"),
      onCompared: startBar("comparing", "images"),
    });
    bar?.end();
    const int8 = writeModel({ ...graph, name });
    await writeQuantized(out, manifest, network, int8, tried);
    const tooLarge = noteSize(int8.byteLength, "This network");
    const report: QuantizeReport = {
      folder: out,
      ...tried,
      format,
      bytes: { float32: bytes, int8: int8.byteLength },
      notes: [...network.notes, ...(tooLarge === undefined ? [] : [tooLarge])],
      damaged: damaged.list(),
    };
    return { result: report, text: describeQuantized(report) };
  },
});

/** Reads and prepares the float network. A function, so that its file and its original graph can be freed. */
async function readNetwork(runtime: Runtime, source: ModelFolder, file: string) {
  const { manifest } = source;
  const bytes = (await readModelFiles(source)).get(manifest.files.model.path) as Uint8Array;
  const graph = readModel(bytes, file, preprocessOf(manifest));
  // Errors name the file.
  const named = { ...graph, name: file };
  const network = await prepareNetwork(runtime, named, manifest.outputs.logits);
  return { network, name: graph.name, bytes: bytes.byteLength };
}

/** Otherwise the float network would be lost. */
async function requireOtherFolder(out: string, folder: string): Promise<void> {
  const place = (path: string) => realpath(path).catch(() => path);
  if ((await place(out)) !== (await place(folder))) return;
  throw new CliError("OPTION_INVALID", {
    what: `${out} cannot be the folder to write.`,
    why: "It has the float32 model, which would be overwritten.",
    fix: "Give another folder as --out, or leave it out.",
  });
}
