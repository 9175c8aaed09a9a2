/** `model quantize`, `model evaluate` and `model pull` with files that they can use, and that they cannot. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode as encodePng } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../bench/fuzz/random.ts";
import type { CliErrorCode } from "../../cli/cli-error.ts";
import { describeFile, writeModelFolder } from "../../cli/models/model-folder.ts";
import type { QuantizeReport } from "../../cli/quantize/describe-quantized.ts";
import type { GraphErrorCode } from "../../src/graphs/graph-error.ts";
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import { writeModel } from "../../src/graphs/onnx/write-model.ts";
import { writeSafetensors } from "../../src/graphs/safetensors/write-safetensors.ts";
import { makeResNet } from "../support/make-resnet.ts";
import { makeModelFolder } from "./support/make-model.ts";
import { refuse } from "./support/refuse.ts";
import { runCli, runJson } from "./support/run-cli.ts";

const CAT = new URL("../../examples/cat.jpg", import.meta.url);
let folder: string;
let model: string;
let data: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "resnet-edge-commands-"));
  model = (await makeModelFolder(join(folder, "model"))).path;
  data = join(folder, "data");
  await mkdir(join(data, "n02123159"), { recursive: true });
  await cp(CAT, join(data, "n02123159", "cat.jpg"));
});

afterAll(() => rm(folder, { recursive: true }));

const writeDamaged = async (path: string) =>
  writeFile(path, (await readFile(CAT)).subarray(0, 5000));

describe("model quantize", () => {
  const quantize = (...args: string[]) => refuse(["model", "quantize", ...args]);

  it.each<[what: string, args: () => string[], code: CliErrorCode]>([
    ["no folder", () => ["--images", data], "USAGE"],
    ["no --images", () => [model], "USAGE"],
    ["a folder without a model", () => [folder, "--images", data], "FILE_UNREADABLE"],
    ["a folder without images", () => [model, "--images", join(folder, "model")], "IMAGES_MISSING"],
    [
      "a folder that does not exist",
      () => [model, "--images", join(folder, "nonesuch")],
      "FILE_UNREADABLE",
    ],
    ["an unknown method", () => [model, "--images", data, "--method", "magic"], "OPTION_INVALID"],
    ["an unknown format", () => [model, "--images", data, "--format", "onnx"], "OPTION_INVALID"],
    ["a count of 0", () => [model, "--images", data, "--count", "0"], "OPTION_INVALID"],
  ])("refuses to quantise %s", async (_, args, code) => {
    expect((await quantize(...args())).code).toBe(code);
  });

  it("skips and names the photos that cannot be decoded", async () => {
    const mixed = join(folder, "half-broken");
    await mkdir(mixed);
    await cp(CAT, join(mixed, "cat.jpg"));
    await writeDamaged(join(mixed, "torn.jpg"));
    const words = ["model", "quantize", model, "--images", mixed, "--out", join(folder, "skipped")];
    const { damaged, calibrationImages } = await runJson<QuantizeReport>(words);
    expect(damaged).toEqual([{ path: join(mixed, "torn.jpg"), reason: expect.any(String) }]);
    expect(calibrationImages).toBe(1);
    const { stdout } = await runCli(words);
    expect(stdout).toMatch(/Skipped 1 damaged image .*\n +.*half-broken\/torn\.jpg: /);
  });

  it("stops at the first damaged photo with --strict", async () => {
    const broken = join(folder, "broken");
    await mkdir(broken);
    await cp(CAT, join(broken, "a.jpg"));
    await writeDamaged(join(broken, "cat.jpg"));
    const { code, what } = await quantize(model, "--images", broken, "--strict");
    expect(code).toBe("IMAGE_UNREADABLE");
    expect(what).toContain("broken/cat.jpg");
  });

  it("names a photo if none can be decoded", async () => {
    const broken = join(folder, "all-broken");
    await mkdir(broken);
    for (const name of ["a.jpg", "b.jpg"]) await writeDamaged(join(broken, name));
    const { code, what, cause } = await quantize(model, "--images", broken);
    expect([code, what]).toEqual(["IMAGES_MISSING", "None of the 2 images can be used."]);
    expect(cause).toContain("all-broken/a.jpg");
  });

  it.each(["", "/", "/."])(
    "does not overwrite the float32 model: --out FOLDER%s",
    async (ending) => {
      const before = await readFile(join(model, "manifest.json"));
      const { code } = await quantize(model, "--images", data, "--out", `${model}${ending}`);
      expect(code).toBe("OPTION_INVALID");
      expect(await readFile(join(model, "manifest.json"))).toEqual(before);
    },
  );

  it("notices a folder that cannot be written before the images are read", async () => {
    // The images do not exist, so the command would fail with another code later.
    const out = join(model, "manifest.json", "below");
    const { code } = await quantize(model, "--images", join(folder, "nonesuch"), "--out", out);
    expect(code).toBe("FILE_UNWRITABLE");
  });

  it("says that an int8 folder is quantised already", async () => {
    const words = ["model", "quantize", model, "--images", data, "--out", join(folder, "once")];
    expect((await runCli(words)).code).toBe(0);
    const { code, fix } = await quantize(join(folder, "once"), "--images", data);
    expect(code).toBe("GRAPH_QUANTISED");
    expect(fix).toMatch(/evaluate and publish it as it is/i);
  });

  it("refuses to quantise a graph that differs from its manifest", async () => {
    const other = await makeModelFolder(join(folder, "other"), { bias: 1 });
    await cp(join(model, "fp32.onnx"), join(other.path, "fp32.onnx"));
    expect((await quantize(other.path, "--images", data)).code).toBe("HASH_MISMATCH");
  });
});

describe("model evaluate", () => {
  const evaluate = (...args: string[]) => runCli(["model", "evaluate", ...args]);

  it("keeps the manifest with --dry-run, and reports a target that no threshold reaches", async () => {
    const before = await readFile(join(model, "manifest.json"));
    const { code, stdout } = await evaluate(model, "--data", data, "--dry-run");
    expect(code).toBe(0);
    expect(stdout).toMatch(/threshold +none makes 95\.00 % of answers right/);
    expect(await readFile(join(model, "manifest.json"))).toEqual(before);
  });

  it("skips and names the images that cannot be decoded", async () => {
    const torn = join(folder, "torn");
    await cp(data, torn, { recursive: true });
    await writeDamaged(join(torn, "n02123159", "torn.jpg"));
    const words = [model, "--data", torn, "--against", model, "--dry-run"];
    const { stdout } = await evaluate(...words);
    expect(stdout).toMatch(/torn: 1 images\n/);
    expect(stdout).toMatch(/Skipped 1 damaged image .*\n +.*n02123159\/torn\.jpg: /);
    const strict = await refuse(["model", "evaluate", ...words, "--strict"]);
    expect([strict.code, strict.what.includes("torn.jpg")]).toEqual(["IMAGE_UNREADABLE", true]);
    const only = join(folder, "only-torn");
    await mkdir(join(only, "n02123159"), { recursive: true });
    await writeDamaged(join(only, "n02123159", "torn.jpg"));
    expect((await refuse(["model", "evaluate", model, "--data", only])).code).toBe(
      "IMAGES_MISSING",
    );
  });

  it("says why ONNX Runtime cannot load the network", async () => {
    const { path, manifest } = await makeModelFolder(join(folder, "unloadable"));
    const graph = readModel(
      new Uint8Array(await readFile(join(path, "fp32.onnx"))),
      "graph",
      manifest.preprocess.crop,
    );
    const nodes = graph.nodes.map((node) =>
      node.operator === "Relu" ? { ...node, operator: "Nonesuch" } : node,
    );
    const bytes = writeModel({ ...graph, nodes });
    const files = { ...manifest.files, model: describeFile("fp32.onnx", bytes) };
    await writeModelFolder(path, { ...manifest, files }, new Map([["fp32.onnx", bytes]]));
    const { code, cause } = await refuse(["model", "evaluate", path, "--data", data]);
    expect([code, cause.includes("Nonesuch")]).toEqual(["MODEL_UNUSABLE", true]);
  });

  it("skips images of other classes, and reports how many", async () => {
    const mixed = join(folder, "mixed");
    await cp(data, mixed, { recursive: true });
    await mkdir(join(mixed, "n01440764"));
    await cp(CAT, join(mixed, "n01440764", "tench.jpg"));
    const { stdout } = await evaluate(model, "--data", mixed, "--dry-run");
    expect(stdout).toMatch(/mixed: 1 images; skipped 1 of other classes/);
    expect(stdout).toMatch(/skipped folders +n01440764/);
  });

  it("reports several sets of images, and writes the figures of each to the manifest", async () => {
    const copy = join(folder, "several");
    await cp(model, copy, { recursive: true });
    const more = join(folder, "more");
    await cp(data, more, { recursive: true });
    await cp(CAT, join(more, "n02123159", "cat2.jpg"));
    const { stdout } = await evaluate(copy, "--data", data, "--data", more, "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      dataset: "data, more",
      images: 3,
      skipped: 0,
      sets: [
        { dataset: "data", images: 1, skipped: 0, skippedFolders: [] },
        { dataset: "more", images: 2, skipped: 0, skippedFolders: [] },
      ],
    });
    const manifest = JSON.parse(await readFile(join(copy, "manifest.json"), "utf8"));
    expect(manifest.metrics).toMatchObject({ data: { images: 1 }, more: { images: 2 } });
    expect(manifest.calibration).toMatchObject({ dataset: "data, more", images: 3 });
    const table = await evaluate(copy, "--data", data, "--data", more, "--dry-run");
    expect(table.stdout).toMatch(/ data +more\n/);
    expect(table.stdout).toMatch(/images +1 +2\n/);
    expect(table.stdout).toMatch(/threshold +none makes 95\.00 % of answers right on every set/);
  });

  it("writes what 100 photos have in common to the manifest, but not what fewer have", async () => {
    const copy = join(folder, "familiar");
    await cp(model, copy, { recursive: true });
    const many = join(folder, "many");
    await mkdir(join(many, "n02123159"), { recursive: true });
    const addPhotos = async (first: number, end: number) => {
      for (let i = first; i < end; i++) {
        const pixels = new Random(String(i)).bytes(16 * 16 * 3);
        const png = encodePng({ width: 16, height: 16, data: pixels, channels: 3 });
        await writeFile(join(many, "n02123159", `${i}.png`), png);
      }
    };
    const readCalibration = async () => {
      await evaluate(copy, "--data", many);
      return JSON.parse(await readFile(join(copy, "manifest.json"), "utf8")).calibration;
    };
    await addPhotos(0, 99);
    expect(await readCalibration()).not.toHaveProperty("familiarity");
    await addPhotos(99, 100);
    const { familiarity } = await readCalibration();
    expect(Object.keys(familiarity.measures)).toContain("evenness");
    // One photo of 100 scores lower.
    expect(familiarity.atLeast).toBeLessThan(0);
  });

  it("calls several sets of images by the names given, in their order", async () => {
    const copy = join(folder, "named", "data");
    await cp(data, copy, { recursive: true });
    const args = ["--data", data, "--data", copy, "--name", "x", "--name", "y"];
    const { stdout } = await evaluate(model, ...args, "--dry-run", "--json");
    expect(JSON.parse(stdout).dataset).toBe("x, y");
  });

  it("reports no list of sets for a single one", async () => {
    const { stdout } = await evaluate(model, "--data", data, "--dry-run", "--json");
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ dataset: "data", images: 1 });
    expect(report).not.toHaveProperty("sets");
    expect(report).not.toHaveProperty("fittedTemperature");
  });

  it.each<[what: string, args: () => Promise<string[]>, code: CliErrorCode]>([
    [
      "the same set twice",
      async () => [model, "--data", data, "--data", `${data}/`, "--name", "x", "--name", "y"],
      "OPTION_INVALID",
    ],
    [
      "two sets of the same name",
      async () => {
        const other = join(folder, "other", "data");
        await cp(data, other, { recursive: true });
        return [model, "--data", data, "--data", other];
      },
      "OPTION_INVALID",
    ],
    [
      "two sets with one name",
      async () => [model, "--data", data, "--data", folder, "--name", "x"],
      "OPTION_INVALID",
    ],
    ["no --data", async () => [model], "USAGE"],
    ["images of unknown classes", async () => [model, "--data", folder], "IMAGES_MISSING"],
    [
      "only images of other classes",
      async () => {
        const other = join(folder, "fish");
        await mkdir(join(other, "n01440764"), { recursive: true });
        await cp(CAT, join(other, "n01440764", "tench.jpg"));
        return [model, "--data", other];
      },
      "IMAGES_MISSING",
    ],
    [
      "against a float32 model of other classes",
      async () => {
        const other = join(folder, "other-classes");
        await cp(model, other, { recursive: true });
        const path = join(other, "manifest.json");
        const manifest = JSON.parse(await readFile(path, "utf8"));
        manifest.labels.classes.reverse();
        await writeFile(path, JSON.stringify(manifest));
        return [model, "--data", data, "--against", other];
      },
      "CLASSES_MISMATCH",
    ],
    [
      "a model that cannot run",
      async () => {
        const broken = join(folder, "cannot-run");
        await cp(model, broken, { recursive: true });
        const path = join(broken, "manifest.json");
        const manifest = JSON.parse(await readFile(path, "utf8"));
        await writeFile(path, JSON.stringify({ ...manifest, outputs: { logits: "nonesuch" } }));
        return [broken, "--data", data];
      },
      "MODEL_UNUSABLE",
    ],
    [
      "a target above 1",
      async () => [model, "--data", data, "--target-precision", "95"],
      "OPTION_INVALID",
    ],
  ])("refuses to evaluate %s", async (_, args, code) => {
    expect((await refuse(["model", "evaluate", ...(await args())])).code).toBe(code);
  });
});

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
