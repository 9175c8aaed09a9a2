/** Training on the command line, with a tiny network and made-up photos. */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../cli/files/sha256.ts";
import type { TrainingReport } from "../../cli/training/run/run-training.ts";
import { type LocalWorker, startLocalWorker } from "../../tools/local-worker.ts";
import { useWorkspace } from "../support/workspace.ts";
import { endAt } from "./support/end-at.ts";
import { PHOTO_CLASSES, writePhotos } from "./support/made-up-photos.ts";
import { makeModelFolder } from "./support/make-model.ts";
import { refuse } from "./support/refuse.ts";
import { runCli, runJson } from "./support/run-cli.ts";
import { runHere } from "./support/run-here.ts";

const NAMES = { apple: ["apple", "苹果"], lemon: ["lemon", "柠檬"], sky: ["sky", "天空"] } as const;

const workspace = useWorkspace();
const at = (...names: string[]) => join(workspace().folder, ...names);

/** Settings that let the tiny network learn within seconds. */
const SETTINGS = {
  batch: 8,
  warmUpEpochs: 0,
  stages: [
    { epochs: 2, trainFrom: "head", rate: 0, headRate: 0.02 },
    { epochs: 4, trainFrom: 0, rate: 0.003, headRate: 0.01 },
  ],
  patience: 30,
  // The classes differ by their colours.
  augmentation: { brightness: 0, contrast: 0, saturation: 0 },
};

async function settings(name: string, change: object = {}): Promise<string> {
  const path = at(`${name}.json`);
  await writeFile(path, JSON.stringify({ ...SETTINGS, ...change }));
  return path;
}

function words(out: string, config: string): string[] {
  const common = ["--base", at("tiny"), "--config", config, "--cache", at("cache")];
  return ["train", "run", at("photos"), "--out", out, ...common];
}

/** The SHA-256 of a run's network. */
async function hashOf(folder: string): Promise<string> {
  return sha256(await readFile(join(folder, "model.onnx")));
}

beforeAll(async () => {
  await makeModelFolder(at("tiny"), { width: 8 });
  await writePhotos(at("photos"), 16);
  const labels = Object.entries(NAMES).map(([id, [en, zh]]) => ({ id, en, zh }));
  await writeFile(at("photos", "labels.json"), JSON.stringify(labels));
});

describe("train run", () => {
  let report: TrainingReport;
  let whole: string;

  beforeAll(async () => {
    whole = at("whole");
    report = await runHere(words(whole, await settings("whole")));
  });

  it("learns the classes, and measures on photos that it did not use", async () => {
    expect(report.classes).toEqual(PHOTO_CLASSES);
    expect(report.photos).toEqual({ train: 36, validation: 6, test: 6 });
    expect(report.validation?.accuracy).toBeGreaterThan(0.8);
    expect(report.test?.accuracy).toBeGreaterThan(0.6);
    const { photos } = JSON.parse(await readFile(join(whole, "photos.json"), "utf8"));
    expect(new Set(photos.map(({ sha256: hash }: { sha256: string }) => hash)).size).toBe(48);
  });

  it("writes down all settings, and a line for each epoch", async () => {
    const config = JSON.parse(await readFile(join(whole, "config.json"), "utf8"));
    expect(config).toMatchObject({ ...SETTINGS, seed: 0, optimiser: { kind: "adam" } });
    const lines = (await readFile(join(whole, "log.jsonl"), "utf8")).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).epoch)).toEqual([1, 2, 1, 2, 3, 4]);
  });

  it("writes a page with curves, mistakes and pictures that needs no other file", async () => {
    const page = await readFile(join(whole, "report.html"), "utf8");
    expect(page).toContain("<svg");
    for (const id of PHOTO_CLASSES) expect(page).toContain(`<th>${id}</th>`);
    // Three photos, each changed differently in eight epochs.
    const pictures = page.match(/src="data:image\/jpeg;base64,[^"]+"/g) ?? [];
    expect(new Set(pictures).size).toBeGreaterThanOrEqual(20);
    for (const heading of ["Origin", "Reliability", "Worst mistakes"]) {
      expect(page).toContain(`<h2>${heading}</h2>`);
    }
    expect(page).toContain("<td>tiny@1.0.0</td>");
    expect(page).toMatch(/peak memory of the process<\/th><td>[1-9]\d* MB/);
    expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
  });

  it("gives the same weights again, whatever the number of threads", async () => {
    const again = at("again");
    await runHere([...words(again, await settings("whole")), "--threads", "1"]);
    expect(await hashOf(again)).toBe(await hashOf(whole));
  });

  it("gives other weights with another seed", async () => {
    const other = at("other");
    await runHere([
      ...words(other, await settings("short", { stages: SETTINGS.stages.slice(0, 1) })),
    ]);
    const seeded = at("seeded");
    const config = await settings("seeded", { stages: SETTINGS.stages.slice(0, 1), seed: 1 });
    await runHere(words(seeded, config));
    expect(await hashOf(seeded)).not.toBe(await hashOf(other));
  });

  it("saves everything on Ctrl-C, and says how to continue", async () => {
    const stopped = at("stopped");
    const args = words(stopped, await settings("whole"));
    const { code, stderr } = await endAt(args, "SIGINT", /validation/);
    expect(code).toBe(1);
    expect(stderr).toContain(`train resume ${stopped}`);
    await runHere(["train", "resume", stopped, "--cache", at("cache")]);
    expect(await hashOf(stopped)).toBe(await hashOf(whole));
  });

  it("continues after kill -9 to the same weights and log", async () => {
    const killed = at("killed");
    await endAt(words(killed, await settings("whole")), "SIGKILL", /(?:validation[\s\S]*){4}/);
    await runHere(["train", "resume", killed, "--cache", at("cache")]);
    expect(await hashOf(killed)).toBe(await hashOf(whole));
    const log = await readFile(join(killed, "log.jsonl"), "utf8");
    expect(log).toBe(await readFile(join(whole, "log.jsonl"), "utf8"));
  });

  it("does not begin again in the folder of a run", async () => {
    const { status, fix } = await refuse(words(whole, await settings("whole")));
    expect(status).toBe(2);
    expect(fix).toContain(`train resume ${whole}`);
  });

  it("says when the loss is not a number, and how to avoid it", async () => {
    const config = await settings("diverging", {
      optimiser: { kind: "sgd", momentum: 0.9 },
      stages: [{ epochs: 9, trainFrom: 0, rate: 10, headRate: 10 }],
    });
    const error = await refuse(words(at("diverging"), config));
    expect(error).toMatchObject({ status: 1, code: "LOSS_NOT_FINITE" });
  });

  it("refuses settings that do not exist, by name", async () => {
    const config = await settings("wrong", { leraningRate: 1 });
    expect((await refuse(words(at("wrong"), config))).cause).toContain("leraningRate");
  });

  it("refuses photos with mistakes before it trains", async () => {
    const photos = at("doubled");
    await cp(at("photos"), photos, { recursive: true });
    await cp(join(photos, "apple", "1.png"), join(photos, "sky", "again.png"));
    const args = words(at("doubled-run"), await settings("whole"));
    args[2] = photos;
    expect((await refuse(args)).code).toBe("DATASET_INVALID");
  });

  it("trains with a damaged file left out and named, and a class of one photo", async () => {
    const photos = at("odd");
    await cp(at("photos"), photos, { recursive: true });
    await rm(join(photos, "labels.json"));
    await writeFile(join(photos, "sky", "0.png"), "damaged");
    await mkdir(join(photos, "rare"));
    await cp(at("photos", "apple", "0.png"), join(photos, "rare", "0.png"));
    await rm(join(photos, "apple", "0.png"));
    const args = words(at("odd-run"), await settings("short"));
    args[2] = photos;
    const odd = await runHere<TrainingReport>(args);
    expect(odd.damaged).toMatchObject([{ path: join(photos, "sky", "0.png") }]);
    expect(odd.warnings.join()).toContain("rare");
  });
});

describe("a trained network", () => {
  let worker: LocalWorker;

  beforeAll(async () => {
    const { config } = workspace();
    const [trained, photos] = [at("whole"), at("photos")];
    await runJson(["model", "quantize", trained, "--images", photos]);
    await runJson(["model", "evaluate", `${trained}-int8`, "--data", photos, "--against", trained]);
    await runJson(["model", "publish", `${trained}-int8`, "--promote", "shop", "--config", config]);
    worker = await startLocalWorker({
      port: 0,
      logLevel: "none",
      watch: false,
      configPath: config,
    });
  });

  afterAll(() => worker?.dispose());

  it("says what it was trained from, on which photos and how, also after it was quantised", async () => {
    const manifest = JSON.parse(await readFile(at("whole-int8", "manifest.json"), "utf8"));
    expect(manifest.training).toEqual({
      method: "fine-tuning",
      base: "tiny@1.0.0",
      fromInt8: false,
      photos: { train: 36, validation: 6, test: 6 },
      classes: 3,
      settings: { epochs: 6, seed: 0, batch: 8 },
    });
  });

  it("is listed with its base, its photos and its accuracy", async () => {
    const args = ["model", "list", "--config", workspace().config];
    const { stdout } = await runCli(args);
    expect(stdout).toMatch(
      /tiny@1\.0\.0 \(fine-tuning\), 36 photos in 3 classes, top-1 [\d.]+ % \(\w+\)/,
    );
  });

  it("shows its origin in the API", async () => {
    const query =
      "{ models { id training { method base trainingPhotos testPhotos settings { name value } } } }";
    const response = await fetch(new URL("/graphql", worker.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    const { data } = (await response.json()) as { data: { models: unknown[] } };
    expect(data.models).toContainEqual({
      id: "whole",
      training: {
        method: "FINE_TUNING",
        base: "tiny@1.0.0",
        trainingPhotos: 36,
        testPhotos: 6,
        settings: expect.arrayContaining([{ name: "epochs", value: "6" }]),
      },
    });
  });

  it.each(PHOTO_CLASSES)("answers %s at the edge, in both languages", async (id) => {
    const body = await readFile(at("photos", id, "5.png"));
    for (const [locale, label] of [
      ["en", NAMES[id][0]],
      ["zh", NAMES[id][1]],
    ] as const) {
      const url = new URL(`/classify?model=shop&threshold=0&locale=${locale}`, worker.url);
      const response = await fetch(url, { method: "POST", body });
      const { predictions } = (await response.json()) as { predictions: { label: string }[] };
      expect(predictions[0]?.label).toBe(label);
    }
  });
});
