/**
 * Networks with other inputs, from pull to an answer of the Worker: one in NHWC, BGR and 0..255 must say what its
 * plain twin says of the same photos.
 */
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EvaluateReport } from "../../cli/evaluate/describe-evaluation.ts";
import { readTensor } from "../../cli/images/read-tensor.ts";
import { loadModelFolder } from "../../cli/models/load-model-folder.ts";
import { readModelFolder } from "../../cli/models/model-folder.ts";
import { preprocessOf } from "../../src/models/preprocess-of.ts";
import { type LocalWorker, startLocalWorker } from "../../tools/local-worker.ts";
import { type InputForm, makeInputNetwork } from "../support/input-networks.ts";
import { useWorkspace } from "../support/workspace.ts";
import { runCli, runJson } from "./support/run-cli.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const SIZE = { height: 48, width: 96 };
const PHOTOS = {
  "examples/cat.jpg": "a",
  "examples/espresso.jpg": "b",
  "examples/rocket.jpg": "c",
};
const FIT = ["--fit", "stretch", "--interpolation", "bicubic"];

const workspace = useWorkspace();
let root: string;
let data: string;
let labels: string;
let worker: LocalWorker | undefined;

/** Writes the network of a form, and pulls it. */
async function pull(name: string, form: InputForm, options: readonly string[]): Promise<string> {
  const source = await writeNetwork(name, form);
  const folder = join(root, `${name}-model`);
  await runJson([
    "model",
    "pull",
    name,
    "--from",
    source,
    "--labels",
    labels,
    "--out",
    folder,
    ...options,
  ]);
  return folder;
}

async function writeNetwork(name: string, form: InputForm): Promise<string> {
  const source = join(root, `${name}.onnx`);
  await writeFile(source, makeInputNetwork(form));
  return source;
}

async function logitsOf(folder: string, photo: string): Promise<number[]> {
  const model = await readModelFolder(folder);
  const network = await loadModelFolder(model);
  const { logits } = await network.run(await readTensor(photo, preprocessOf(model.manifest)));
  await network.release();
  return [...logits];
}

beforeAll(async () => {
  root = workspace().folder;
  labels = join(root, "labels.txt");
  await writeFile(labels, "a\nb\nc\n");
  data = join(root, "data");
  for (const [path, folder] of Object.entries(PHOTOS)) {
    await mkdir(join(data, folder), { recursive: true });
    await copyFile(join(ROOT, path), join(data, folder, "1.jpg"));
  }
});

afterAll(() => worker?.dispose());

describe("a network in NHWC and BGR that takes 0..255", () => {
  let twin: string;
  let other: string;

  beforeAll(async () => {
    const form = {
      ...SIZE,
      layout: "nhwc",
      color: "BGR",
      normalisesItself: true,
      batch: 0,
    } as const;
    twin = await pull("twin", SIZE, FIT);
    other = await pull("other", form, [...FIT, "--color", "bgr", "--scale", "255"]);
  });

  it("is described by its manifest, and its graph takes NCHW", async () => {
    const { manifest } = await readModelFolder(other);
    expect(manifest.input).toEqual({ name: "images", shape: [1, 3, 48, 96], color: "BGR" });
    expect(manifest.preprocess).toEqual({
      resize: { fit: "stretch", interpolation: "bicubic" },
      mean: [0, 0, 0],
      std: [1 / 255, 1 / 255, 1 / 255],
    });
  });

  it("gives the logits of its twin on the command line", async () => {
    for (const photo of Object.keys(PHOTOS)) {
      const expected = await logitsOf(twin, join(ROOT, photo));
      const found = await logitsOf(other, join(ROOT, photo));
      for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 4);
    }
  });

  it("gives other logits if its colours are not stated", async () => {
    const wrong = await pull(
      "wrong",
      { ...SIZE, layout: "nhwc", color: "BGR", normalisesItself: true },
      [...FIT, "--scale", "255"],
    );
    const photo = join(ROOT, "examples/rocket.jpg");
    const [expected, found] = [await logitsOf(twin, photo), await logitsOf(wrong, photo)];
    const largest = Math.max(...expected.map((value, i) => Math.abs(value - (found[i] as number))));
    expect(largest).toBeGreaterThan(0.01);
  });

  it("is quantised and evaluated on the same input", async () => {
    for (const folder of [twin, other]) {
      await runJson(["model", "quantize", folder, "--images", data]);
      const report = await runJson<EvaluateReport>([
        ...["model", "evaluate", `${folder}-int8`, "--data", data, "--against", folder],
      ]);
      expect(report.agreement).toBe(1);
    }
    for (const photo of Object.keys(PHOTOS)) {
      const expected = await logitsOf(twin, join(ROOT, photo));
      const found = await logitsOf(`${other}-int8`, join(ROOT, photo));
      for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 0);
    }
  });

  it("gives the answers of its twin at the edge", async () => {
    const { config: configPath } = workspace();
    for (const [folder, alias] of [
      [twin, "twin"],
      [other, "other"],
    ] as const) {
      await runJson(["model", "publish", folder, "--promote", alias, "--config", configPath]);
    }
    worker = await startLocalWorker({ port: 0, logLevel: "none", watch: false, configPath });
    for (const photo of Object.keys(PHOTOS)) {
      const body = await readFile(join(ROOT, photo));
      const [expected = [], found = []] = await Promise.all(
        ["twin", "other"].map(async (alias) => {
          const url = new URL(`/classify?model=${alias}`, worker?.url);
          const response = await fetch(url, { method: "POST", body });
          const answer = (await response.json()) as {
            predictions: { id: string; confidence: number }[];
          };
          return answer.predictions;
        }),
      );
      expect(expected.length).toBe(3);
      expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      for (const [i, { confidence }] of expected.entries()) {
        expect(found[i]?.confidence).toBeCloseTo(confidence, 4);
      }
    }
  });
});

describe("model pull", () => {
  it("takes the size of a network that is not square, and crops to it", async () => {
    const folder = await pull("wide", SIZE, []);
    const { manifest } = await readModelFolder(folder);
    expect(manifest.input.shape).toEqual([1, 3, 48, 96]);
    expect(manifest.preprocess).toMatchObject({
      resize: { shorterSide: 55, interpolation: "bilinear" },
      crop: { width: 96, height: 48 },
    });
  });

  it("takes all of it from another manifest with --like", async () => {
    const options = [
      ...["--fit", "letterbox", "--padding", "1,2,3", "--color", "bgr", "--mean", "104,117,123"],
      ...["--scale", "255"],
    ];
    const first = await readModelFolder(await pull("first", SIZE, options));
    const like = ["--like", join(first.path, "manifest.json")];
    const second = await readModelFolder(await pull("second", SIZE, like));
    expect(second.manifest.preprocess).toEqual(first.manifest.preprocess);
    expect(second.manifest.input).toEqual(first.manifest.input);
    expect(second.manifest.preprocess.resize).toEqual({
      fit: "letterbox",
      interpolation: "bilinear",
      padding: [1, 2, 3],
    });
    expect(second.manifest.preprocess.mean[0]).toBeCloseTo(104 / 255, 9);
    expect(second.manifest.preprocess.std[0]).toBeCloseTo(1 / 255, 9);
  });

  it.each<[string, InputForm, string[], string, RegExp, RegExp]>([
    [
      "a mean on the other scale",
      SIZE,
      ["--mean", "127"],
      "OPTION_INVALID",
      /0\.\.255\?$/,
      /--scale 255/,
    ],
    [
      "a standard deviation on the other scale",
      SIZE,
      ["--mean", "0", "--std", "58.4,57.1,57.4"],
      "OPTION_INVALID",
      /58\.4,57\.1,57\.4/,
      /--scale 255/,
    ],
    [
      "a mean from 0 to 1 with --scale 255",
      SIZE,
      ["--mean", "0.485,0.456,0.406", "--scale", "255"],
      "OPTION_INVALID",
      /on the scale 0\.\.1\?$/,
      /leave out --scale/,
    ],
    [
      "a standard deviation of 0",
      SIZE,
      ["--std", "0"],
      "OPTION_INVALID",
      /must be above 0/,
      /0\.229/,
    ],
    [
      "--padding without a letterbox",
      SIZE,
      ["--padding", "0"],
      "OPTION_INVALID",
      /nothing is padded/,
      /--fit letterbox/,
    ],
    [
      "--resize without a crop",
      SIZE,
      ["--fit", "stretch", "--resize", "64"],
      "OPTION_INVALID",
      /nothing is cut off/,
      /--fit crop/,
    ],
    [
      "a size of three sides",
      SIZE,
      ["--input-size", "48x96x3"],
      "OPTION_INVALID",
      /height x width/,
      /48x96/,
    ],
    [
      "a square size",
      SIZE,
      ["--input-size", "96"],
      "GRAPH_INPUT_MISMATCH",
      /48 px high/,
      /--input-size 48x96/,
    ],
    ["a batch of 8", { ...SIZE, batch: 8 }, [], "GRAPH_INPUT_MISMATCH", /batch of 8/, /batch of 1/],
    ["grey images", { ...SIZE, channels: 1 }, [], "GRAPH_INPUT_MISMATCH", /1 channel/, /colour/],
    [
      "the wrong layout",
      SIZE,
      ["--layout", "nhwc"],
      "GRAPH_INPUT_MISMATCH",
      /96 channels/,
      /--layout/,
    ],
    [
      "uint8 that is normalised",
      { ...SIZE, layout: "nhwc", type: "uint8", normalisesItself: true },
      [],
      "OPTION_INVALID",
      /uint8/,
      /--scale 255/,
    ],
  ])("refuses %s, and says what to give", async (_name, form, options, code, why, fix) => {
    const source = await writeNetwork("refused", form);
    const out = ["--out", join(root, "refused"), "--labels", labels, "--json"];
    const outcome = await runCli([
      "model",
      "pull",
      "refused",
      "--from",
      source,
      ...options,
      ...out,
    ]);
    const { error } = JSON.parse(outcome.stdout);
    expect(error.code).toBe(code);
    expect(error.cause).toMatch(why);
    expect(error.fix).toMatch(fix);
  });
});
