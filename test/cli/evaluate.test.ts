/** `model evaluate` with files that it can use, and that it cannot. */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encode as encodePng } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../bench/fuzz/random.ts";
import type { CliErrorCode } from "../../cli/cli-error.ts";
import { describeFile, writeModelFolder } from "../../cli/models/model-folder.ts";
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import { writeModel } from "../../src/graphs/onnx/write-model.ts";
import { makeModelFolder } from "./support/make-model.ts";
import { CAT, makeModelAndPhoto, writeDamaged } from "./support/model-and-photo.ts";
import { refuse } from "./support/refuse.ts";
import { runCli } from "./support/run-cli.ts";

let folder: string;
let model: string;
let data: string;

beforeAll(async () => {
  ({ folder, model, data } = await makeModelAndPhoto());
});

afterAll(() => rm(folder, { recursive: true }));

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
