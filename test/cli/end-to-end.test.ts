/**
 * From a host's file to an answer at the edge: pull, quantize, evaluate, publish and classify, each in its
 * own process, with files in the layout of the real sources.
 */

import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EvaluateReport } from "../../cli/evaluate/describe-evaluation.ts";
import { readTensor } from "../../cli/images/read-tensor.ts";
import { readLabelSources } from "../../cli/platform/label-sources.ts";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import type { QuantizeReport } from "../../cli/quantize/describe-quantized.ts";
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import { buildResNet } from "../../src/graphs/resnet/build-resnet.ts";
import { withGraph } from "../../src/graphs/run-graph.ts";
import { writeSafetensors } from "../../src/graphs/safetensors/write-safetensors.ts";
import type { PreprocessSpec } from "../../src/imaging/preprocess-spec.ts";
import { prepareNetwork } from "../../src/quantize/prepare/prepare-network.ts";
import { type LocalWorker, startLocalWorker } from "../../tools/local-worker.ts";
import { fitHead, writeHead } from "../support/fit-head.ts";
import { makeResNet } from "../support/make-resnet.ts";
import { useWorkspace } from "../support/workspace.ts";
import {
  type MakeZooNetwork,
  makeZooMobileNet,
  makeZooResNet,
  makeZooShuffleNet,
  NO_HEAD,
  ZOO_SIZE,
} from "../support/zoo-networks.ts";
import { runCli, runJson } from "./support/run-cli.ts";

const runtime = await startNodeRuntime();

const ROOT = new URL("../../", import.meta.url).pathname;
/** The class that each photo counts as. */
const PHOTOS: Readonly<Record<string, string>> = {
  "examples/cat.jpg": "n02123159",
  "examples/espresso.jpg": "n07920052",
  "examples/rocket.jpg": "n04266014",
  "docs/photos/clock.jpg": "n04548280",
  "docs/photos/camera.jpg": "n04485082",
  "docs/photos/astronaut.jpg": "n03796401",
};
const PREPROCESS: PreprocessSpec = {
  width: ZOO_SIZE,
  height: ZOO_SIZE,
  resize: { fit: "crop", shorterSide: ZOO_SIZE, interpolation: "bilinear" },
  color: "RGB",
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};
const SIZES = ["--input-size", String(ZOO_SIZE), "--resize", String(ZOO_SIZE)];

const workspace = useWorkspace();
/** Files by the path that the real hosts have them at. */
const files = new Map<string, Uint8Array>();
const server = createServer((request, response) => {
  const file = files.get(request.url ?? "");
  if (!file) response.writeHead(404).end();
  else response.writeHead(200, { etag: '"1"', "content-length": file.length }).end(file);
});
let endpoint: string;
let data: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  data = join(workspace().folder, "data");
  for (const [path, synset] of Object.entries(PHOTOS)) {
    await mkdir(join(data, synset), { recursive: true });
    await copyFile(join(ROOT, path), join(data, synset, "photo.jpg"));
  }
});

afterAll(() => server.close());

/** The embeddings of the photos, by a network's graph in a file. */
async function embed(model: Uint8Array): Promise<Float32Array[]> {
  const graph = readModel(model, "network", ZOO_SIZE);
  const prepared = await prepareNetwork(runtime, graph, graph.outputs[0]?.name as string);
  return withGraph(runtime, prepared.graph, ["embedding"], async (run) => {
    const embeddings: Float32Array[] = [];
    for (const path of Object.keys(PHOTOS)) {
      const outputs = await run(await readTensor(join(ROOT, path), PREPROCESS));
      embeddings.push(Float32Array.from(outputs.get("embedding")?.data as Float32Array));
    }
    return embeddings;
  });
}

async function fitPhotos(embeddings: readonly Float32Array[]) {
  const synsets = (await readLabelSources()).table.map(({ synset }) => synset);
  return fitHead(
    embeddings,
    Object.values(PHOTOS).map((synset) => synsets.indexOf(synset)),
  );
}

async function makeSafetensors(): Promise<Uint8Array> {
  const weights = new Map(makeResNet(18, { width: 8, classes: 1000 }));
  const { model } = buildResNet(weights, "made up", { inputSize: ZOO_SIZE });
  const embeddings = await embed(model);
  const width = embeddings[0]?.length as number;
  const head = writeHead(await fitPhotos(embeddings), width);
  weights.set("fc.weight", { shape: [1000, width], data: head.weight });
  weights.set("fc.bias", { shape: [1000], data: head.bias });
  return writeSafetensors(weights);
}

async function makeZoo(make: MakeZooNetwork): Promise<Uint8Array> {
  return make(await fitPhotos(await embed(make(NO_HEAD).file))).file;
}

const ZOO = "/media/onnx/models/main/validated/vision/classification";
const SOURCES: readonly [name: string, path: string, make: () => Promise<Uint8Array>][] = [
  [
    "resnet18-torchvision",
    "/timm/resnet18.tv_in1k/resolve/main/model.safetensors",
    makeSafetensors,
  ],
  ["mobilenetv2", `${ZOO}/mobilenet/model/mobilenetv2-12.onnx`, () => makeZoo(makeZooMobileNet)],
  [
    "shufflenetv2",
    `${ZOO}/shufflenet/model/shufflenet-v2-12.onnx`,
    () => makeZoo(makeZooShuffleNet),
  ],
  // The catalogue pins the size of the real one, so this is pulled with --from.
  ["my-resnet", "/resnet18-v1-7.onnx", () => makeZoo(makeZooResNet)],
];

describe.each(SOURCES)("the network %s", (name, path, make) => {
  it("can be pulled, quantised, evaluated and published", async () => {
    const file = await make();
    files.set(path, file);
    const folder = join(workspace().folder, name);
    const sha256 = createHash("sha256").update(file).digest("hex");
    const where = name === "my-resnet" ? ["--from", `${endpoint}${path}`] : ["--mirror", endpoint];
    await runJson([
      ...["model", "pull", name, ...where, "--sha256", sha256],
      ...[...SIZES, "--out", folder],
    ]);

    const images = ["--images", data];
    const quantised = await runJson<QuantizeReport>(["model", "quantize", folder, ...images]);
    expect(quantised.floatOperators).toEqual({});
    expect(Object.keys(quantised.closeness)).toHaveLength(4);
    expect(quantised.closeness[quantised.method]?.agreement).toBe(1);
    expect(quantised.bytes.int8).toBeLessThan(0.6 * quantised.bytes.float32);

    const int8 = `${folder}-int8`;
    const evaluated = await runJson<EvaluateReport>([
      ...["model", "evaluate", int8, "--data", data, "--against", folder],
    ]);
    expect(evaluated).toMatchObject({ images: 6, top1: 1, agreement: 1, float: { top1: 1 } });
    for (const picture of ["reliability.svg", "risk-coverage.svg"]) {
      expect(await readFile(join(int8, "evaluation", picture), "utf8")).toMatch(/^<svg/);
    }
    const manifest = JSON.parse(await readFile(join(int8, "manifest.json"), "utf8"));
    expect(manifest).toMatchObject({
      id: name,
      outputs: { logits: "logits", embedding: "embedding", features: "features" },
      metrics: { data: { images: 6, top1: 100, agreement: 100 } },
      calibration: { dataset: "data", images: 6, temperature: evaluated.temperature },
      source: expect.stringContaining(sha256),
    });

    const { config } = workspace();
    const { written } = await runJson<{ written: string[] }>([
      ...["model", "publish", int8, "--promote", name, "--config", config],
    ]);
    expect(written).toEqual(
      ["int8.onnx", "head.f16.bin", "model.tflite", "manifest.json"].map(
        (file) => `models/${name}/1.0.0/${file}`,
      ),
    );
  });
});

describe("the Worker", () => {
  let worker: LocalWorker;

  beforeAll(async () => {
    const { config } = workspace();
    worker = await startLocalWorker({
      port: 0,
      logLevel: "none",
      watch: false,
      configPath: config,
    });
  });

  afterAll(() => worker?.dispose());

  it.each(SOURCES.map(([name]) => name))("answers with %s, including heat maps", async (name) => {
    for (const [path, synset] of Object.entries(PHOTOS)) {
      const url = new URL(`/classify?model=${name}&topK=1`, worker.url);
      const body = await readFile(join(ROOT, path));
      const response = await fetch(url, { method: "POST", body });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        model: { id: name, version: "1.0.0", engine: "LITERT" },
        predictions: [{ synset }],
      });
    }
    const photo = await readFile(join(ROOT, "examples/cat.jpg"));
    const query = `query ($image: String!, $model: String) {
      classify(image: { base64: $image }, model: $model) { predictions { heatmap } embedding }
    }`;
    const response = await fetch(new URL("/graphql", worker.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query, variables: { image: photo.toString("base64"), model: name } }),
    });
    const { data: answer, errors } = (await response.json()) as {
      data: { classify: { predictions: { heatmap: string }[]; embedding: number[] } };
      errors?: unknown;
    };
    expect(errors).toBeUndefined();
    expect(answer.classify.predictions[0]?.heatmap).toMatch(/^data:image\/png;base64,/);
    expect(answer.classify.embedding.length).toBeGreaterThan(0);
  });

  it("serves versions that model verify accepts", async () => {
    const { code, stdout } = await runCli(["model", "verify", "--config", workspace().config]);
    expect(code).toBe(0);
    expect(stdout.match(/can answer/g)).toHaveLength(SOURCES.length);
  });
});
