/** What is said where a command of models is given what it cannot use. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeModelFolder } from "./support/make-model.ts";
import { runCli } from "./support/run-cli.ts";

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

describe("the command line", () => {
  it.each([[], ["--help"]])("tells of its commands: %j", async (...args) => {
    const { code, stdout } = await runCli(args as string[]);
    expect(code).toBe(0);
    for (const verb of ["pull", "quantize", "evaluate", "publish", "rollback", "compare"]) {
      expect(stdout).toContain(`model ${verb}`);
    }
  });

  it("tells of each command what it takes", async () => {
    const { stdout } = await runCli(["model", "quantize", "--help"]);
    expect(stdout).toMatch(/^resnet-edge model quantize FOLDER --images DIR/);
  });

  it.each([["model", "nonesuch"], ["constructor"], ["model"]])("refuses %j", async (...args) => {
    const { code, stderr } = await runCli(args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/There is no command/);
  });

  it("says errors in JSON where it was asked to", async () => {
    const { code, stdout } = await runCli(["model", "quantize", model, "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({ cause: "--images was not given." });
  });
});

describe("model quantize", () => {
  const quantize = (...args: string[]) => runCli(["model", "quantize", ...args]);

  it.each<[what: string, args: () => string[], reason: RegExp]>([
    ["no folder", () => ["--images", data], /takes FOLDER/],
    ["no model in it", () => [folder, "--images", data], /manifest\.json cannot be read/],
    ["no images", () => [model, "--images", join(folder, "model")], /has no images/],
    ["no such images", () => [model, "--images", join(folder, "nonesuch")], /cannot be read/],
    ["another method", () => [model, "--images", data, "--method", "magic"], /Give minmax or/],
    ["another format", () => [model, "--images", data, "--format", "onnx"], /Give qdq or/],
    ["another count", () => [model, "--images", data, "--count", "0"], /from 1 to 10000/],
  ])("refuses %s", async (_, args, reason) => {
    const { code, stderr } = await quantize(...args());
    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
    expect(stderr).toMatch(/^error: .*\ncause: .*\nfix: {3}/);
  });

  it("names the image that cannot be decoded", async () => {
    const broken = join(folder, "broken");
    await mkdir(broken);
    await writeFile(join(broken, "cat.jpg"), (await readFile(CAT)).subarray(0, 5000));
    const { stderr } = await quantize(model, "--images", broken);
    expect(stderr).toMatch(/broken\/cat\.jpg cannot be used/);
  });

  it("refuses a folder whose graph is not the one of the manifest", async () => {
    const other = await makeModelFolder(join(folder, "other"), { bias: 1 });
    await cp(join(model, "fp32.onnx"), join(other.path, "fp32.onnx"));
    expect((await quantize(other.path, "--images", data)).stderr).toMatch(/SHA-256 is .*, not /);
  });
});

describe("model evaluate", () => {
  const evaluate = (...args: string[]) => runCli(["model", "evaluate", ...args]);

  it("leaves the manifest as it is with --dry-run, and names thresholds that nothing reaches", async () => {
    const before = await readFile(join(model, "manifest.json"));
    const { code, stdout } = await evaluate(model, "--data", data, "--dry-run");
    expect(code).toBe(0);
    expect(stdout).toMatch(/threshold +none makes 95\.00 % of answers right/);
    expect(await readFile(join(model, "manifest.json"))).toEqual(before);
  });

  it("leaves out images of other classes, and says so", async () => {
    const mixed = join(folder, "mixed");
    await cp(data, mixed, { recursive: true });
    await mkdir(join(mixed, "n01440764"));
    await cp(CAT, join(mixed, "n01440764", "tench.jpg"));
    const { stdout } = await evaluate(model, "--data", mixed, "--dry-run");
    expect(stdout).toMatch(/mixed: 1 images, 1 of other classes left out/);
  });

  it.each<[what: string, args: () => Promise<string[]>, reason: RegExp]>([
    ["no data", async () => [model], /--data was not given/],
    ["images without classes", async () => [model, "--data", folder], /is no synset id/],
    [
      "only images of other classes",
      async () => {
        const other = join(folder, "fish");
        await mkdir(join(other, "n01440764"), { recursive: true });
        await cp(CAT, join(other, "n01440764", "tench.jpg"));
        return [model, "--data", other];
      },
      /None of the 1 images shows one of its 5 classes/,
    ],
    [
      "a float model of other classes",
      async () => [model, "--data", data, "--against", "models/resnet18-in277"],
      /name other classes/,
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
      /its manifest names/,
    ],
    [
      "a target above 1",
      async () => [model, "--data", data, "--target-precision", "95"],
      /--target-precision is wrong/,
    ],
  ])("refuses %s", async (_, args, reason) => {
    const { code, stderr } = await evaluate(...(await args()));
    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
  });
});

describe("model pull", () => {
  const pull = (...args: string[]) =>
    runCli(["model", "pull", "mine", "--out", join(folder, "pulled"), ...args]);

  it("takes the facts of another model's manifest", async () => {
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

  it("takes them as options", async () => {
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
      labels: { synsets: expect.arrayContaining(["n04485082"]) },
    });
  });

  it.each<[args: string[], reason: RegExp]>([
    [["--input-size", "32"], /has 5 numbers, but 1000 classes are named/],
    [["--input-size", "64"], /does not take images of 64 px/],
    [["--input-size", "32", "--resize", "16"], /--resize is wrong/],
    [["--mean", "0.5,0.5"], /--mean is wrong/],
    [["--labels", CAT.pathname], /is no list of classes/],
    [["--like", CAT.pathname], /is no manifest/],
  ])("refuses %j", async (args, reason) => {
    const { code, stderr } = await pull("--from", join(model, "fp32.onnx"), ...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
  });
});
