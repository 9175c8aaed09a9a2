/** What `npm run bench:engines` measures: networks, each as files for the engines. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import { convertGraph } from "../../src/graphs/tflite/convert-graph.ts";
import { writeTflite } from "../../src/graphs/tflite/write-tflite.ts";
import type { EngineName } from "../../src/inference/engines/engine.ts";

const MODELS = new URL("../../models/", import.meta.url);
const SHARED = new URL("../../../shared/models/", import.meta.url);
const SIDE = 224;

/** A file of a network for an engine. */
export type Subject = {
  readonly id: string;
  readonly network: string;
  readonly engine: EngineName;
  readonly precision: "int8" | "fp32";
  /** Of the input, in pixels. */
  readonly side: number;
  readonly file: Uint8Array<ArrayBuffer>;
  readonly gzipBytes: number;
};

/** The largest times of LiteRT as a share of those of ONNX Runtime with the same int8 network. */
export type Target = { readonly vnni: number; readonly plain: number };

export type Network = {
  readonly name: string;
  readonly target: Target;
  /** ONNX files. Those in ../shared can be absent. */
  readonly int8: URL;
  readonly fp32?: URL;
};

export const NETWORKS: readonly Network[] = [
  {
    name: "ResNet-18",
    target: { vnni: 0.4, plain: 1 },
    int8: new URL("resnet18/int8.onnx", MODELS),
  },
  {
    name: "EfficientNet-Lite0",
    target: { vnni: 0.2, plain: 0.28 },
    int8: new URL("efficientnet-lite0/int8.onnx", MODELS),
    fp32: new URL("efficientnet-lite0/fp32.onnx", SHARED),
  },
  {
    name: "MobileNetV2",
    target: { vnni: 0.2, plain: 0.3 },
    int8: new URL("mobilenetv2-in1k/int8.onnx", SHARED),
    fp32: new URL("mobilenetv2-in1k/fp32.onnx", SHARED),
  },
];

export async function makeSubjects(): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const { name, int8, fp32 } of NETWORKS) {
    const add = (
      engine: EngineName,
      precision: Subject["precision"],
      file: Uint8Array<ArrayBuffer>,
    ) => {
      const id = `${name}-${engine}-${precision}`;
      const gzipBytes = gzipSync(file).length;
      subjects.push({ id, network: name, engine, precision, side: SIDE, file, gzipBytes });
    };
    if (!existsSync(int8)) {
      console.error(`${name} is left out, because ${int8.pathname} is absent.`);
      continue;
    }
    if (fp32 && existsSync(fp32)) add("onnxruntime", "fp32", await read(fp32));
    const file = await read(int8);
    add("onnxruntime", "int8", file);
    add("litert", "int8", new Uint8Array(writeTflite(convertGraph(readModel(file, name, SIDE)))));
  }
  return subjects;
}

async function read(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(url));
}
