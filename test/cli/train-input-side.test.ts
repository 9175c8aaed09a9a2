/** A network that is trained and served with images of another size than its base. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { deriveLitert } from "../../cli/litert/derive-litert.ts";
import { preprocessOf } from "../../src/models/preprocess-of.ts";
import { useWorkspace } from "../support/workspace.ts";
import { writePhotos } from "./support/made-up-photos.ts";
import { makeModelFolder } from "./support/make-model.ts";
import { refuse } from "./support/refuse.ts";
import { runHere } from "./support/run-here.ts";

const SETTINGS = {
  batch: 8,
  warmUpEpochs: 0,
  stages: [{ epochs: 1, trainFrom: 4, rate: 0.003, headRate: 0.02 }],
};

const workspace = useWorkspace();
const at = (...names: string[]) => join(workspace().folder, ...names);

beforeAll(async () => {
  await makeModelFolder(at("tiny"), { width: 8 });
  await writePhotos(at("photos"), 6);
  await writeFile(at("settings.json"), JSON.stringify(SETTINGS));
});

function words(out: string, side: number): string[] {
  const common = ["--base", at("tiny"), "--config", at("settings.json"), "--cache", at("cache")];
  return ["train", "run", at("photos"), "--out", out, ...common, "--input-side", `${side}`];
}

async function readManifest(folder: string) {
  return JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
}

describe("train run --input-side", () => {
  const run = () => at("larger");

  beforeAll(async () => {
    await runHere(words(run(), 64));
  });

  it("trains on photos in the same proportions, and states the size", async () => {
    const base = preprocessOf(await readManifest(at("tiny")));
    const { width, height, resize } = preprocessOf(await readManifest(run()));
    expect(base).toMatchObject({ width: 32, height: 32, resize: { shorterSide: 32 } });
    expect({ width, height }).toEqual({ width: 64, height: 64 });
    expect(resize).toMatchObject({ fit: "crop", shorterSide: 64 });
    expect(JSON.parse(await readFile(join(run(), "config.json"), "utf8")).inputSide).toBe(64);
    // Photos of another size must not be taken for these.
    expect((await readdir(at("cache"))).join()).toContain("64x64-64");
  });

  it("makes a model that can be quantised, converted for LiteRT and evaluated", async () => {
    const int8 = `${run()}-int8`;
    await runHere(["model", "quantize", run(), "--images", at("photos"), "--out", int8]);
    const manifest = await readManifest(int8);
    expect(manifest.input.shape).toEqual([1, 3, 64, 64]);
    const model = new Uint8Array(await readFile(join(int8, manifest.files.model.path)));
    const { bytes } = deriveLitert(model, manifest);
    expect(bytes.length).toBeGreaterThan(10_000);
    const options = ["--data", at("photos"), "--engine", "litert"];
    const report = await runHere<{ images: number }>(["model", "evaluate", int8, ...options]);
    expect(report.images).toBe(18);
  });

  it("refuses a side that is too small for the network, before it reads a photo", async () => {
    const out = at("small");
    const args = words(out, 1024).with(-1, "9999");
    expect((await refuse(args)).status).toBe(2);
    const base = { ...SETTINGS, base: run(), inputSide: 24 };
    await writeFile(at("small.json"), JSON.stringify(base));
    const error = await refuse([
      ...["train", "run", at("photos"), "--out", out, "--config", at("small.json")],
      ...["--cache", at("small-cache")],
    ]);
    expect(error.code).toBe("GRAPH_INPUT_MISMATCH");
    expect(await readdir(at("small-cache")).catch(() => [])).toEqual([]);
  });
});
