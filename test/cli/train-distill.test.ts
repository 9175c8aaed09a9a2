/** Distillation on the command line, with a tiny network and made-up photos. */
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { writeEnsemble } from "../../cli/training/ensemble/ensemble-folder.ts";
import { compareRuns, describeRuns } from "../../cli/training/run/compare-runs.ts";
import { hashTeacher } from "../../cli/training/run/network-hash.ts";
import type { TrainingReport } from "../../cli/training/run/run-training.ts";
import { manifestSchema } from "../../src/models/manifest.ts";
import { useWorkspace } from "../support/workspace.ts";
import { endAt } from "./support/end-at.ts";
import { PHOTO_CLASSES, writePhotos } from "./support/made-up-photos.ts";
import { makeModelFolder } from "./support/make-model.ts";
import { refuse } from "./support/refuse.ts";
import { runHere } from "./support/run-here.ts";

const workspace = useWorkspace();
const at = (...names: string[]) => join(workspace().folder, ...names);

/** Settings that let the tiny network learn within a second. The last weights are kept. */
const SETTINGS = {
  batch: 8,
  warmUpEpochs: 0,
  stages: [{ epochs: 16, trainFrom: 0, rate: 0.005, headRate: 0.02 }],
  split: { validation: 0, test: 0.25 },
  // The classes differ by their colours.
  augmentation: { brightness: 0, contrast: 0, saturation: 0, rotation: 0 },
};

function words(photos: string, out: string, teacher: string, ...others: string[]): string[] {
  const common = ["--base", at("tiny"), "--config", at("settings.json"), "--cache", at("cache")];
  return ["train", "distill", photos, "--out", at(out), "--teacher", teacher, ...common, ...others];
}

const readJson = async (...names: string[]) => JSON.parse(await readFile(at(...names), "utf8"));

const train = (args: readonly string[]) => runHere<TrainingReport>(args);

beforeAll(async () => {
  await makeModelFolder(at("tiny"), { width: 8 });
  await writePhotos(at("photos"), 8);
  // The same photos in the folders of other classes, so that the teacher contradicts the labels.
  await mkdir(at("wrong"));
  for (const [i, id] of PHOTO_CLASSES.entries()) {
    await cp(at("photos", id), at("wrong", PHOTO_CLASSES[(i + 1) % 3] as string), {
      recursive: true,
    });
  }
  await writeFile(at("settings.json"), JSON.stringify(SETTINGS));
  const run = ["train", "run", at("photos"), "--out", at("expert"), "--cache", at("cache")];
  await train([...run, "--base", at("tiny"), "--config", at("settings.json")]);
  await cp(at("expert"), at("unfinished"), { recursive: true });
  await rm(at("unfinished", "result.json"));
  const part = { validation: null, test: null, difference: null };
  await writeEnsemble(at("ensemble"), {
    schemaVersion: 1,
    members: ["expert", "tiny"].map((name) => ({ folder: `../${name}`, base: "tiny", seed: 0 })),
    outcome: {
      ...{
        combination: "mean",
        weights: [0.5, 0.5],
        best: null,
        members: [part, part],
        mean: part,
      },
      ...{ fitted: null, soups: null, passes: 2, bytes: 1 },
    },
  });
});

describe("train distill", () => {
  it("learns the soft targets, and not the classes of the photos, if alpha is 1", async () => {
    const report = await train(words(at("wrong"), "pupil", at("expert"), "--alpha", "1"));
    expect(report.test?.accuracy).toBeLessThan(0.2);
    expect(report.teacher).toBe("expert@1.0.0");
  });

  it("learns the classes of the photos if alpha is 0, and warns if the teacher was trained on test photos", async () => {
    const report = await train(words(at("wrong"), "stubborn", at("expert"), "--alpha", "0"));
    expect(report.test?.accuracy).toBeGreaterThan(0.8);
    expect(report.warnings.join()).toContain("of the test photos");
  });

  it("refuses to continue if the teacher has changed", async () => {
    const config = await readJson("pupil", "config.json");
    const manifest = manifestSchema.parse(await readJson("expert", "manifest.json"));
    const teacherSha256 = hashTeacher([manifest], [1]);
    expect(config.distillation).toEqual({
      teacher: at("expert"),
      teacherSha256,
      alpha: 1,
      temperature: { from: 6, to: 2.5 },
    });
    await cp(at("pupil"), at("changed"), { recursive: true });
    const distillation = { ...config.distillation, teacherSha256: "0".repeat(64) };
    await writeFile(at("changed", "config.json"), JSON.stringify({ ...config, distillation }));
    const error = await refuse(["train", "resume", at("changed"), "--cache", at("cache")]);
    expect(error.code).toBe("HASH_MISMATCH");
    expect(error.cause).toContain(teacherSha256);
    const { labels } = manifest;
    const other = { ...manifest, labels: { ...labels, classes: labels.classes?.toReversed() } };
    expect(hashTeacher([other], [1])).not.toBe(teacherSha256);
  });
});

describe("a teacher with other classes", () => {
  const short = (out: string) => words(at("photos"), out, at("tiny"), "--epochs", "4");

  beforeAll(() => train(short("whole")));

  it("is fine-tuned first, with the same photos and settings", async () => {
    const { distillation, ...settings } = await readJson("whole", "config.json");
    expect(distillation.teacher).toBe(at("tiny"));
    expect(await readJson("whole", "teacher", "config.json")).toEqual(settings);
    expect(await readJson("whole", "teacher", "photos.json")).toEqual(
      await readJson("whole", "photos.json"),
    );
  });

  it("is named by the model, the report, the result and the comparison", async () => {
    const name = "tiny@1.0.0 (fine-tuned on the same photos)";
    expect((await readJson("whole", "result.json")).teacher).toBe(name);
    expect((await readJson("whole", "manifest.json")).source).toContain(name);
    expect(await readFile(at("whole", "report.html"), "utf8")).toContain(name);
    const runs = [at("whole"), at("whole", "teacher")];
    const compared = await compareRuns(runs);
    expect(compared.map(({ teacher }) => teacher)).toEqual([at("tiny"), null]);
    expect(describeRuns(compared)).toContain(`${at("tiny")}, distilled from tiny`);
  });

  it("is continued with the run after kill -9 and Ctrl-C, and so is the run itself, to the same bytes", async () => {
    const { stderr: begun } = await endAt(short("killed"), "SIGKILL", /training: loss/);
    expect(begun).toContain(at("killed", "teacher"));
    const resume = ["train", "resume", at("killed"), "--cache", at("cache")];
    const { stderr: stopped } = await endAt(resume, "SIGINT", /training: loss/);
    expect(stopped).toMatch(/train resume \S+killed\.\n/);
    // Four epochs of the teacher at most, then those of the run.
    await endAt(resume, "SIGKILL", /(?:training: loss[\s\S]*){5}/);
    expect(existsSync(at("killed", "teacher", "result.json"))).toBe(true);
    await train(resume);
    for (const path of [["model.onnx"], ["log.jsonl"], ["teacher", "model.onnx"]]) {
      expect(await readFile(at("killed", ...path))).toEqual(await readFile(at("whole", ...path)));
    }
  });
});

describe("a teacher that cannot be used", () => {
  const temperature = (text: string) => ["--temperature", text];

  it.each<[string, string, string[], string]>([
    ["there is none", "nobody", [], "FILE_UNREADABLE"],
    ["it is not finished", "unfinished", [], "FILE_UNREADABLE"],
    ["it is the run itself", "expert", ["--out", "expert", "--force"], "OPTION_INVALID"],
    ["it is in the run", "whole/teacher", ["--out", "whole", "--force"], "OPTION_INVALID"],
    ["it is an ensemble with other classes", "ensemble", [], "CLASSES_MISMATCH"],
    ["alpha is above 1", "expert", ["--alpha", "1.5"], "OPTION_INVALID"],
    ["a temperature is not a number", "expert", temperature("6:low"), "OPTION_INVALID"],
    ["a temperature is 0", "expert", temperature("0:1"), "OPTION_INVALID"],
  ])("is refused, and nothing is begun: %s", async (_what, name, options, code) => {
    const others = options.map((word, i) => (options[i - 1] === "--out" ? at(word) : word));
    const given = words(at("photos"), "refused", at(name), ...others);
    const error = await refuse(given);
    expect(error.code).toBe(code);
    expect(existsSync(at("refused", "config.json"))).toBe(false);
    expect(existsSync(at("expert", "result.json"))).toBe(true);
  });
});
