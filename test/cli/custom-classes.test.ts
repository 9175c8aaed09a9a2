/**
 * Classes that ImageNet does not have, from a list of classes to an answer at the edge: pull, quantize,
 * evaluate, publish and classify, with three photos that count as papers.
 */
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EvaluateReport } from "../../cli/evaluate/describe-evaluation.ts";
import { readTensor } from "../../cli/images/read-tensor.ts";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import { buildResNet } from "../../src/graphs/resnet/build-resnet.ts";
import { withGraph } from "../../src/graphs/run-graph.ts";
import { writeSafetensors } from "../../src/graphs/safetensors/write-safetensors.ts";
import type { PreprocessSpec } from "../../src/imaging/preprocess-spec.ts";
import { type LocalWorker, startLocalWorker } from "../../tools/local-worker.ts";
import { fitHead, writeHead } from "../support/fit-head.ts";
import { makeResNet } from "../support/make-resnet.ts";
import { useWorkspace } from "../support/workspace.ts";
import { makeModelFolder } from "./support/make-model.ts";
import { runCli, runJson } from "./support/run-cli.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const SIDE = 64;
const SIZES = ["--input-size", String(SIDE), "--resize", String(SIDE)];
const LABELS =
  "id,en,zh\ninvoice,invoice|bill,发票\nreceipt,receipt,收据\ncontract,contract,合同\n";
/** The photo of each class, and the name of its folder: an id, a Chinese name, a display name. */
const PHOTOS = [
  { path: "examples/cat.jpg", id: "invoice", zh: "发票", folder: "invoice" },
  { path: "examples/espresso.jpg", id: "receipt", zh: "收据", folder: "收据" },
  { path: "examples/rocket.jpg", id: "contract", zh: "合同", folder: "Contract" },
];

const workspace = useWorkspace();
let data: string;
let folder: string;
let worker: LocalWorker;

/** A narrow ResNet-18 with made-up weights whose head knows the three photos again. */
async function makeNetwork(): Promise<Uint8Array> {
  const weights = new Map(makeResNet(18, { width: 8, classes: PHOTOS.length }));
  const { model } = buildResNet(weights, "made up", { inputSize: SIDE });
  const graph = readModel(model, "made up", SIDE);
  const preprocess: PreprocessSpec = {
    width: SIDE,
    height: SIDE,
    resize: { fit: "crop", shorterSide: SIDE, interpolation: "bilinear" },
    color: "RGB",
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  };
  const embeddings = await withGraph(
    await startNodeRuntime(),
    graph,
    ["embedding"],
    async (run) => {
      const vectors: Float32Array[] = [];
      for (const { path } of PHOTOS) {
        const outputs = await run(await readTensor(join(ROOT, path), preprocess));
        vectors.push(Float32Array.from(outputs.get("embedding")?.data as Float32Array));
      }
      return vectors;
    },
  );
  const width = embeddings[0]?.length ?? 0;
  const head = writeHead(fitHead(embeddings, [0, 1, 2]), width, PHOTOS.length);
  weights.set("fc.weight", { shape: [PHOTOS.length, width], data: head.weight });
  weights.set("fc.bias", { shape: [PHOTOS.length], data: head.bias });
  return writeSafetensors(weights);
}

beforeAll(async () => {
  const { folder: root, config } = workspace();
  data = join(root, "papers");
  for (const { path, folder: name } of PHOTOS) {
    await mkdir(join(data, name), { recursive: true });
    await copyFile(join(ROOT, path), join(data, name, "1.jpg"));
  }
  const source = join(root, "papers.safetensors");
  await writeFile(source, await makeNetwork());
  await writeFile(join(root, "labels.csv"), LABELS);
  folder = join(root, "docs");
  await runJson([
    ...["model", "pull", "docs", "--from", source, "--labels", join(root, "labels.csv")],
    ...[...SIZES, "--out", folder],
  ]);
  await runJson(["model", "quantize", folder, "--images", data]);
  await makeModelFolder(join(root, "tiny"));
  await runJson(["model", "publish", join(root, "tiny"), "--promote", "tiny", "--config", config]);
});

afterAll(() => worker?.dispose());

describe("custom classes on the command line", () => {
  it("are read from a list into the manifest", async () => {
    const manifest = JSON.parse(await readFile(join(`${folder}-int8`, "manifest.json"), "utf8"));
    expect(manifest.labels).toEqual({
      classes: [
        { id: "invoice", names: { en: ["invoice", "bill"], zh: ["发票"] } },
        { id: "receipt", names: { en: ["receipt"], zh: ["收据"] } },
        { id: "contract", names: { en: ["contract"], zh: ["合同"] } },
      ],
    });
  });

  it("are evaluated on folders named after their ids or names", async () => {
    const report = await runJson<EvaluateReport>([
      ...["model", "evaluate", `${folder}-int8`, "--data", data, "--against", folder],
    ]);
    expect(report).toMatchObject({ images: 3, skipped: 0, top1: 1, agreement: 1 });
  });

  it("name the folders that match none of them", async () => {
    const other = join(workspace().folder, "other");
    await mkdir(join(other, "recipt"), { recursive: true });
    await copyFile(join(ROOT, "examples/cat.jpg"), join(other, "recipt", "1.jpg"));
    const { code, stdout } = await runCli([
      ...["model", "evaluate", `${folder}-int8`, "--data", other, "--json"],
    ]);
    expect(code).toBe(1);
    const { error } = JSON.parse(stdout);
    expect(error.code).toBe("IMAGES_MISSING");
    expect(error.cause).toMatch(/recipt.*invoice, receipt, contract/);
  });

  it("cannot be compared with classes of another model, and the error says why", async () => {
    const { config } = workspace();
    await runJson(["model", "publish", `${folder}-int8`, "--promote", "docs", "--config", config]);
    for (const words of [
      ["shadow", "docs", "tiny@1.0.0"],
      ["split", "docs", "docs@1.0.0=1", "tiny@1.0.0=1"],
    ]) {
      const { code, stdout } = await runCli(["model", ...words, "--config", config, "--json"]);
      expect(code).toBe(1);
      const { error } = JSON.parse(stdout);
      expect(error.code).toBe("CLASSES_MISMATCH");
      expect(error.cause).toMatch(/no class in common/);
    }
  });
});

describe("custom classes at the edge", () => {
  beforeAll(async () => {
    const { config: configPath } = workspace();
    worker = await startLocalWorker({ port: 0, logLevel: "none", watch: false, configPath });
  });

  it.each(PHOTOS)("answer $id in both languages, and never a kind of WordNet", async (photo) => {
    const body = await readFile(join(ROOT, photo.path));
    for (const threshold of [undefined, 0, 0.5, 0.9, 1]) {
      for (const locale of ["en", "zh"]) {
        const url = new URL(`/classify?model=docs&locale=${locale}`, worker.url);
        if (threshold !== undefined) url.searchParams.set("threshold", String(threshold));
        const response = await fetch(url, { method: "POST", body });
        const { answer, predictions } = (await response.json()) as {
          answer: { kind: string; id: string | null; synset: null; label: string };
          predictions: { id: string; label: string }[];
        };
        expect(["CLASS", "UNKNOWN"]).toContain(answer.kind);
        if (answer.kind === "UNKNOWN") continue;
        const label = locale === "zh" ? photo.zh : photo.id;
        expect(answer).toMatchObject({ id: photo.id, synset: null, label });
        expect(predictions[0]).toMatchObject({ id: photo.id, label });
      }
    }
  });
});
