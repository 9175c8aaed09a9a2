/** What `model pull` must be told about a network, and what it takes from elsewhere. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CliErrorCode } from "../../cli/cli-error.ts";
import type { QuantizeReport } from "../../cli/quantize/describe-quantized.ts";
import type { GraphErrorCode } from "../../src/graphs/graph-error.ts";
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import { writeSafetensors } from "../../src/graphs/safetensors/write-safetensors.ts";
import { makeResNet } from "../support/make-resnet.ts";
import { CAT, makeModelAndPhoto } from "./support/model-and-photo.ts";
import { refuse } from "./support/refuse.ts";
import { runCli, runJson } from "./support/run-cli.ts";

let folder: string;
let model: string;
let data: string;

beforeAll(async () => {
  ({ folder, model, data } = await makeModelAndPhoto());
});

afterAll(() => rm(folder, { recursive: true }));

describe("model pull", () => {
  const PULL = ["model", "pull", "mine"];
  const pull = (...args: string[]) => runCli([...PULL, "--out", join(folder, "pulled"), ...args]);

  it("takes the facts of a network from another manifest", async () => {
    const { code, stdout } = await pull(
      ...["--from", join(model, "fp32.onnx"), "--like", join(model, "manifest.json"), "--json"],
    );
    expect(code).toBe(0);
    const original = JSON.parse(await readFile(join(model, "manifest.json"), "utf8"));
    expect(JSON.parse(stdout).manifest).toMatchObject({
      id: "mine",
      preprocess: original.preprocess,
      labels: original.labels,
      licence: "MIT",
      outputs: { logits: "logits" },
    });
  });

  it("takes the facts of a network from options", async () => {
    const labels = join(folder, "labels.txt");
    await writeFile(
      labels,
      "n02123159 tiger cat\nn07920052\nn04266014\r\nn04548280\n\nn04485082\n",
    );
    const { code, stdout } = await pull(
      ...["--from", join(model, "fp32.onnx"), "--input-size", "32", "--resize", "40"],
      ...["--mean", "0.5", "--std", "0.1,0.2,0.3", "--labels", labels, "--licence", "CC0-1.0"],
      ...["--version", "2.0.0", "--json"],
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout).manifest).toMatchObject({
      version: "2.0.0",
      licence: "CC0-1.0",
      preprocess: {
        resize: { shorterSide: 40 },
        crop: 32,
        mean: [0.5, 0.5, 0.5],
        std: [0.1, 0.2, 0.3],
      },
      labels: {
        table: "imagenet1k",
        classes: ["n02123159", "n07920052", "n04266014", "n04548280", "n04485082"],
      },
    });
  });

  it("builds a ResNet of five classes that enlarges its input, and that can be quantised", async () => {
    const weights = join(folder, "weights.safetensors");
    await writeFile(weights, writeSafetensors(makeResNet(18, { width: 4, classes: 5 })));
    const labels = join(folder, "five.txt");
    await writeFile(labels, "n02123159\nn07920052\nn04266014\nn04548280\nn04485082\n");
    const { code, stdout } = await pull(
      ...["--from", weights, "--enlarge", "32:64", "--labels", labels, "--json"],
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout).manifest).toMatchObject({
      architecture: "ResNet-18",
      input: { shape: [1, 3, 32, 32] },
      preprocess: { crop: 32 },
      files: { head: { shape: [5, 32] } },
    });
    const file = new Uint8Array(await readFile(join(folder, "pulled", "fp32.onnx")));
    const graph = readModel(file, "fp32.onnx", 32);
    expect(graph.nodes[0]?.operator).toBe("Resize");
    // Quantising stops if the prepared network computes something else.
    const { floatOperators } = await runJson<QuantizeReport>([
      ...["model", "quantize", join(folder, "pulled"), "--images", data],
      ...["--out", join(folder, "pulled-int8")],
    ]);
    expect(floatOperators).toEqual({ Resize: 1 });
  });

  it.each<[args: string[], code: CliErrorCode | GraphErrorCode]>([
    [["--input-size", "32"], "CLASSES_MISMATCH"],
    [["--input-size", "64"], "GRAPH_INPUT_MISMATCH"],
    [["--input-size", "40", "--resize", "36"], "OPTION_INVALID"],
    [["--mean", "0.5,0.5"], "OPTION_INVALID"],
    [["--labels", CAT.pathname], "FILE_INVALID"],
    [["--like", CAT.pathname], "MANIFEST_INVALID"],
  ])("refuses to pull a network with %j: %s", async (args, code) => {
    const from = ["--from", join(model, "fp32.onnx")];
    expect((await refuse([...PULL, "--out", join(folder, "pulled"), ...from, ...args])).code).toBe(
      code,
    );
  });
});
