/** Ensembles of tiny networks: their figures, and how they are resumed, compared and used. */
import { cp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../cli/files/sha256.ts";
import { planMembers, requireNewEnsemble } from "../../cli/training/ensemble/begin-ensemble.ts";
import { describeEnsemble } from "../../cli/training/ensemble/describe-ensemble.ts";
import {
  type EnsembleFile,
  type EnsembleOutcome,
  type Figures,
  readEnsemble,
} from "../../cli/training/ensemble/ensemble-folder.ts";
import type { EnsembleReport } from "../../cli/training/ensemble/ensemble-report.ts";
import { finishEnsemble } from "../../cli/training/ensemble/finish-ensemble.ts";
import { type ComparedRun, compareRuns } from "../../cli/training/run/compare-runs.ts";
import { RunFolder } from "../../cli/training/run/run-folder.ts";
import { readResult } from "../../cli/training/run/run-result.ts";
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import { useWorkspace } from "../support/workspace.ts";
import { endAt } from "./support/end-at.ts";
import { countRight, lossOf, mix, predict, truthsOf } from "./support/ensemble-figures.ts";
import { PHOTO_CLASSES, writePhotos } from "./support/made-up-photos.ts";
import { makeModelFolder } from "./support/make-model.ts";
import { refuse } from "./support/refuse.ts";
import { runHere } from "./support/run-here.ts";

const MEMBERS = ["tiny-7", "tiny-8"];
const SETTINGS = {
  batch: 8,
  warmUpEpochs: 0,
  stages: [{ epochs: 2, trainFrom: 0, rate: 0.003, headRate: 0.01 }],
  split: { validation: 0.3, test: 0.3 },
  augmentation: { brightness: 0, contrast: 0, saturation: 0 },
};

const workspace = useWorkspace();
const at = (...names: string[]) => join(workspace().folder, ...names);
const text = (...names: string[]) => readFile(at(...names), "utf8");
const hashOf = async (run: string) => sha256(await readFile(at(run, "model.onnx")));
const quiet = () => ({ cache: at("cache"), threads: 1, silent: true });

function words(out: string): string[] {
  const config = ["--config", at("settings.json"), "--cache", at("cache")];
  const members = ["--base", at("tiny"), "--seeds", "2", "--seed", "7"];
  return ["train", "ensemble", at("photos"), ...members, ...config, "--out", at(out)];
}

async function outcomeOf(folder: string): Promise<EnsembleOutcome> {
  return ((await readEnsemble(at(folder))) as EnsembleFile).outcome as EnsembleOutcome;
}

const place = () => ({ ensemble: at("whole"), member: "tiny-7", cache: at("cache") });

let report: EnsembleReport;

beforeAll(async () => {
  await makeModelFolder(at("tiny"), { width: 8 });
  await writePhotos(at("photos"), 10);
  await writeFile(at("settings.json"), JSON.stringify(SETTINGS));
  report = await runHere(words("whole"));
});

describe("train ensemble", () => {
  it("trains runs with the same parts of the photos and different weights", async () => {
    const [first, ...others] = await Promise.all(
      MEMBERS.map((name) => text("whole", name, "photos.json")),
    );
    for (const other of others) expect(other).toBe(first);
    const hashes = await Promise.all(MEMBERS.map((name) => hashOf(join("whole", name))));
    expect(new Set(hashes).size).toBe(MEMBERS.length);
    const config = await new RunFolder(at("whole", "tiny-8")).readConfig();
    expect(config).toMatchObject({ seed: 8, split: { ...SETTINGS.split, seed: 7 } });
  });

  it.each(["validation", "test"] as const)(
    "measures all networks on the photos for %s",
    async (part) => {
      const [outcome, truths] = [await outcomeOf("whole"), await truthsOf(place(), part)];
      expect(truths).toHaveLength(9);
      const answers = await Promise.all(MEMBERS.map((name) => predict(place(), name, part)));
      const expectFigures = (figures: Figures | null | undefined, own: readonly Float64Array[]) => {
        expect(figures?.[part]).toMatchObject({ photos: 9, right: countRight(own, truths) });
        // Logits are rounded to float32.
        expect(figures?.[part]?.loss).toBeCloseTo(lossOf(own, truths), 5);
      };
      for (const [m, own] of answers.entries()) expectFigures(outcome.members[m], own);
      expectFigures(outcome.mean, mix(answers, [1 / 2, 1 / 2]));
      expectFigures(outcome.fitted, mix(answers, outcome.fitted?.weights ?? []));
      const { kept } = outcome.soups ?? {};
      expectFigures(kept && outcome.soups?.[kept], await predict(place(), "soup", part));
    },
  );

  it("fits weights to the photos for validation, and uses them if they hold on others", async () => {
    const { fitted, mean, combination, weights } = await outcomeOf("whole");
    const [answers, truths] = [
      await Promise.all(MEMBERS.map((name) => predict(place(), name, "validation"))),
      await truthsOf(place(), "validation"),
    ];
    for (let a = 0; a <= 10; a++) {
      const other = mix(answers, [a / 10, (10 - a) / 10]);
      // The fit ends within 1e-6 of the best, and logits are rounded.
      expect(fitted?.validation?.loss).toBeLessThan(lossOf(other, truths) + 1e-5);
    }
    const isFitted = (fitted?.crossFittedLoss as number) < (mean.validation?.loss as number);
    expect(combination).toBe(isFitted ? "weights" : "mean");
    expect(weights).toEqual(isFitted ? fitted?.weights : [1 / 2, 1 / 2]);
  });

  it("compares with the member that is best by validation", async () => {
    const { members, best, mean } = await outcomeOf("whole");
    const rights = members.map(({ validation }) => validation?.right as number);
    expect(rights[best as number]).toBe(Math.max(...rights));
    expect(members[best as number]?.difference).toBeNull();
    const { onlyFirst, onlyThis } = mean.difference as NonNullable<Figures["difference"]>;
    const [ofMean, ofBest] = [mean.test?.right, members[best as number]?.test?.right];
    expect(onlyThis - onlyFirst).toBe((ofMean as number) - (ofBest as number));
  });

  it("gives the soup the mean of the weights of its members", async () => {
    const { soups } = await outcomeOf("whole");
    const { members } = soups?.[soups.kept] ?? { members: [] };
    const read = async (name: string) =>
      readModel(new Uint8Array(await readFile(at("whole", name, "model.onnx"))), name).constants;
    const parts = await Promise.all(members.map((m) => read(MEMBERS[m] as string)));
    for (const [name, { type, data }] of await read("soup")) {
      if (type !== "float") continue;
      const own = parts.map((constants) => constants.get(name)?.data[0] as number);
      const sum = own.reduce((total, value) => total + value, 0);
      expect(data[0]).toBe(Math.fround(sum / own.length));
    }
  });

  it("makes a soup that can be quantised and says what it is", async () => {
    await runHere(["model", "quantize", at("whole", "soup"), "--images", at("photos")]);
    const manifest = JSON.parse(await text("whole", "soup-int8", "manifest.json"));
    expect(manifest.id).toContain("whole-soup");
    expect(manifest.source).toContain("mean of the weights");
    const { soups } = await outcomeOf("whole");
    const { members } = soups?.[soups.kept] ?? { members: [] };
    expect(manifest.training).toMatchObject({
      method: "soup",
      base: expect.stringMatching(/@1\.0\.0$/),
      settings: { networks: members.length, seed: members.map((m) => 7 + m).join(", ") },
    });
    expect((await readdir(at("whole", "soup"))).sort()).toEqual([
      "head.f16.bin",
      "manifest.json",
      "model.onnx",
      "model.safetensors",
    ]);
  });

  it("states what it costs, and how to serve it", async () => {
    const sizes = await Promise.all(
      MEMBERS.map(async (name) => (await stat(at("whole", name, "model.onnx"))).size),
    );
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    expect(report.outcome).toMatchObject({ passes: 2, bytes });
    const described = describeEnsemble(report);
    expect(described).toContain("Each photo costs 2 runs of a network");
    expect(described).toContain(`resnet-edge model publish ${at("whole", "soup-int8")}`);
    const page = await text("whole", "report.html");
    for (const name of MEMBERS) expect(page).toContain(`<a href="${name}/report.html">`);
    expect(page.match(/<svg/g)).toHaveLength(described.match(/ of 9 .* of 9 /g)?.length ?? 0);
    expect(described).toContain("models=tiny-7@1.0.0,tiny-8@1.0.0");
  });

  it("does not begin again in its folder, and says which settings differ", async () => {
    const again = await refuse(words("whole"));
    expect(again.status).toBe(2);
    expect(again.cause).toContain("the same settings");
    const config = await new RunFolder(at("whole", "tiny-7")).readConfig();
    const [members, other] = [planMembers([at("tiny")], [7, 8]), { ...config, batch: 4 }];
    await expect(requireNewEnsemble(at("whole"), members, other)).rejects.toThrow(
      /other settings already: batch\./,
    );
    await expect(requireNewEnsemble(at("whole"), members.slice(1), config)).rejects.toThrow(
      /other settings already: members\./,
    );
  });

  it("needs two members", () => {
    expect(() => planMembers(["resnet18"], [0])).toThrow(/--seeds/);
  });
});

describe("an ensemble", () => {
  it("is resumed after Ctrl-C and kill -9 with the same bytes, and trains no member twice", async () => {
    const stopped = await endAt(words("killed"), "SIGINT", /member 1 of 2[\s\S]*validation/);
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain("stopped at member 1 of 2");
    expect(stopped.stderr).toContain(`train resume ${at("killed")}.`);
    const resume = ["train", "resume", at("killed"), "--cache", at("cache")];
    await endAt(resume, "SIGKILL", /member 2 of 2[\s\S]*validation/);
    const { mtimeMs } = await stat(at("killed", "tiny-7", "model.onnx"));
    await finishEnsemble(at("killed"), quiet());
    expect((await stat(at("killed", "tiny-7", "model.onnx"))).mtimeMs).toBe(mtimeMs);
    for (const file of ["ensemble.json", "predictions.jsonl", "soup/model.onnx"]) {
      expect(sha256(await readFile(at("killed", file)))).toBe(
        sha256(await readFile(at("whole", file))),
      );
    }
    for (const name of MEMBERS) {
      expect(await hashOf(join("killed", name))).toBe(await hashOf(join("whole", name)));
    }
  });

  it("has the mean alone without photos for validation", async () => {
    await cp(at("whole"), at("unvalidated"), { recursive: true });
    for (const name of MEMBERS) {
      const photos = (await text("unvalidated", name, "photos.json")).replaceAll(
        '"validation"',
        '"train"',
      );
      await writeFile(at("unvalidated", name, "photos.json"), photos);
    }
    const { outcome, warnings, photos } = await finishEnsemble(at("unvalidated"), quiet());
    expect(photos).toEqual({ train: 21, validation: 0, test: 9 });
    expect(outcome).toMatchObject({ combination: "mean", best: null, fitted: null });
    expect(outcome.soups).toMatchObject({ greedy: null, kept: "uniform" });
    expect(outcome.mean).toMatchObject({ validation: null, difference: null });
    expect(warnings.join()).toContain("no photos for validation");
  });

  it("of different networks has no soup", async () => {
    await cp(at("whole"), at("mixed"), { recursive: true });
    const ensemble = (await readEnsemble(at("mixed"))) as EnsembleFile;
    const members = ensemble.members.map((member, m) => ({ ...member, base: `base-${m}` }));
    await writeFile(at("mixed", "ensemble.json"), JSON.stringify({ ...ensemble, members }));
    const { outcome, soup, warnings } = await finishEnsemble(at("mixed"), quiet());
    expect([outcome.soups, soup]).toEqual([null, null]);
    expect(warnings.join()).toContain("cannot be averaged");
  });

  it("has a member for each network and seed, in folders of different names", () => {
    const members = planMembers(["resnet18", "a/net", "b/net", "a/net"], [0, 1]);
    expect(members.map(({ folder }) => folder)).toEqual([
      "resnet18-0",
      "resnet18-1",
      "net-0",
      "net-1",
      "net-2-0",
      "net-2-1",
    ]);
    expect(members[5]).toMatchObject({ base: "b/net", seed: 1 });
  });
});

describe("train compare", () => {
  it("has a line for an ensemble, beside runs", async () => {
    const paths = [at("whole", "tiny-8"), at("whole")];
    const [single, together] = (await compareRuns(paths)) as [ComparedRun, ComparedRun];
    const { result, test } = await readResult(at("whole"));
    const { combination, mean, fitted } = await outcomeOf("whole");
    expect(single.ensemble).toBeNull();
    expect(together.ensemble).toEqual({ members: 2, bases: [at("tiny")], combination });
    expect(together.test?.accuracy).toBe((result.test?.right as number) / 9);
    expect(result.test?.right).toBe((combination === "mean" ? mean : fitted)?.test?.right);
    expect(new Set(test.map((one) => one.class))).toEqual(new Set(PHOTO_CLASSES));
    const { onlyFirst, onlyThis } = together.difference as NonNullable<ComparedRun["difference"]>;
    const [ofSingle, ofTogether] = [single, together].map((run) => (run.test?.accuracy ?? 0) * 9);
    expect(onlyThis - onlyFirst).toBeCloseTo((ofTogether as number) - (ofSingle as number), 9);
  });

  it("refuses an ensemble that is not finished", async () => {
    await cp(at("whole"), at("unfinished"), { recursive: true });
    await rm(at("unfinished", "result.json"));
    await expect(compareRuns([at("unfinished")])).rejects.toThrow(
      `train resume ${at("unfinished")}`,
    );
  });
});
