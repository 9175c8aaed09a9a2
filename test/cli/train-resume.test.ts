/** Resuming and comparing training runs when files and folders have changed meanwhile. */
import { execFile } from "node:child_process";
import { appendFile, cp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../cli/files/sha256.ts";
import type { ComparedRun } from "../../cli/training/run/compare-runs.ts";
import { useWorkspace } from "../support/workspace.ts";
import { writePhotos } from "./support/made-up-photos.ts";
import { makeModelFolder } from "./support/make-model.ts";
import { runCli, runJson } from "./support/run-cli.ts";

const CLI = new URL("../../cli/resnet-edge.ts", import.meta.url).pathname;
const SETTINGS = {
  batch: 8,
  warmUpEpochs: 0,
  stages: [{ epochs: 1, trainFrom: "head", rate: 0, headRate: 0.02 }],
  // Only an option of the command line makes the run possible.
  base: "none",
};

const workspace = useWorkspace();
const at = (...names: string[]) => join(workspace().folder, ...names);

const hashOf = async (run: string) => sha256(await readFile(at(run, "model.onnx")));

/** What `train resume` says of a run that cannot continue. */
async function refusal(run: string, cache: string) {
  const { code, stdout } = await runCli(["train", "resume", run, "--cache", cache, "--json"]);
  expect(code).not.toBe(0);
  return JSON.parse(stdout).error;
}

/** A copy of the run that has no checkpoint yet. */
async function restarted(name: string): Promise<string> {
  await cp(at("run"), at(name), { recursive: true });
  await rm(at(name, "checkpoint.json"));
  return at(name);
}

beforeAll(async () => {
  await makeModelFolder(at("tiny"), { width: 8 });
  await writePhotos(at("photos"), 8);
  await writeFile(at("settings.json"), JSON.stringify(SETTINGS));
  const words = ["train", "run", "photos", "--base", "tiny", "--config", "settings.json"];
  const cwd = workspace().folder;
  const options = ["--out", "run", "--cache", "cache", "--json"];
  await promisify(execFile)(process.execPath, [CLI, ...words, ...options], { cwd });
});

describe("train resume", () => {
  it("finds the base and the photos of relative paths from another folder, and decodes photos again", async () => {
    const run = await restarted("moved");
    await appendFile(join(run, "log.jsonl"), '{"stage":0,"ep');
    await runJson(["train", "resume", run, "--cache", at("new-cache")]);
    expect(await hashOf("moved")).toBe(await hashOf("run"));
    expect(await readFile(join(run, "log.jsonl"), "utf8")).toBe(
      await readFile(at("run", "log.jsonl"), "utf8"),
    );
  });

  it("keeps the time of a run that is finished", async () => {
    await cp(at("run"), at("again"), { recursive: true });
    const { seconds } = JSON.parse(await readFile(at("run", "result.json"), "utf8"));
    await runJson(["train", "resume", at("again"), "--cache", at("cache")]);
    const result = JSON.parse(await readFile(at("again", "result.json"), "utf8"));
    expect(seconds).toBeGreaterThan(0);
    expect(result.seconds).toBe(seconds);
  });

  it("needs a photo only if the cache does not have it", async () => {
    const run = await restarted("vanished");
    const [photo, aside] = [at("photos", "sky", "0.png"), at("aside.png")];
    await rename(photo, aside);
    try {
      await runJson(["train", "resume", run, "--cache", at("cache")]);
      const gone = await refusal(run, at("empty-cache"));
      expect(gone).toMatchObject({ code: "IMAGE_UNREADABLE" });
      expect(JSON.stringify(gone)).toContain(photo);
      await cp(at("photos", "sky", "1.png"), photo);
      expect((await refusal(run, at("other-cache"))).cause).toContain("The file has changed");
    } finally {
      await rename(aside, photo);
    }
  });

  // On Linux, the loader of Vulkan takes drivers from a variable.
  it.skipIf(process.platform !== "linux")("says so if there is no GPU for WebGPU", async () => {
    const run = await restarted("no-gpu");
    const words = ["train", "resume", run, "--cache", at("cache"), "--device", "webgpu", "--json"];
    const none = at("no-driver.json");
    const env = { ...process.env, VK_ICD_FILENAMES: none, VK_DRIVER_FILES: none };
    const failed = promisify(execFile)(process.execPath, [CLI, ...words], { env });
    const { stdout } = await failed.then(
      () => expect.unreachable("It found a GPU."),
      (error: { stdout: string }) => error,
    );
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "DEVICE_UNUSABLE",
      fix: expect.stringContaining("leave out --device webgpu"),
    });
  });

  it("refuses a base that has changed", async () => {
    const run = await restarted("changed");
    const config = JSON.parse(await readFile(join(run, "config.json"), "utf8"));
    const found = config.baseSha256;
    const other = { ...config, baseSha256: "0".repeat(64) };
    await writeFile(join(run, "config.json"), JSON.stringify(other));
    const error = await refusal(run, at("cache"));
    expect(error.code).toBe("HASH_MISMATCH");
    expect(error.cause).toContain(found);
  });

  it("refuses a base whose manifest states another input", async () => {
    const run = await restarted("recoloured");
    const path = at("tiny", "manifest.json");
    const text = await readFile(path, "utf8");
    const manifest = JSON.parse(text);
    const preprocess = { ...manifest.preprocess, mean: [0.1, 0.2, 0.3] };
    await writeFile(path, JSON.stringify({ ...manifest, preprocess }));
    try {
      expect((await refusal(run, at("cache"))).code).toBe("HASH_MISMATCH");
    } finally {
      await writeFile(path, text);
    }
  });

  it("says so if the last state is damaged or gone", async () => {
    await cp(at("run"), at("damaged"), { recursive: true });
    const { file } = JSON.parse(await readFile(at("damaged", "checkpoint.json"), "utf8"));
    await writeFile(at("damaged", file), "damaged");
    expect((await refusal(at("damaged"), at("cache"))).code).toBe("HASH_MISMATCH");
    await rm(at("damaged", file));
    expect((await refusal(at("damaged"), at("cache"))).code).toBe("FILE_UNREADABLE");
  });
});

describe("train run", () => {
  it("refuses a folder among the photos, which the next run would take for a class", async () => {
    const args = ["train", "run", at("photos"), "--out", at("photos", "run"), "--json"];
    const { code, stdout } = await runCli(args);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error.cause).toContain("each folder is a class");
  });
});

describe("train compare", () => {
  /** A copy of the run with other answers for the test photos. */
  async function answered(name: string, rights: readonly boolean[], seed = ""): Promise<string> {
    await cp(at("run"), at(name), { recursive: true });
    const lines = rights.map((right, i) =>
      JSON.stringify({
        path: `${i}.png`,
        sha256: `${seed}${i}`,
        class: "sky",
        answer: right ? "sky" : "lemon",
        confidence: 0.5,
      }),
    );
    await writeFile(at(name, "predictions.jsonl"), lines.map((line) => `${line}\n`).join(""));
    return at(name);
  }

  it("states accuracy with an interval, and whether the difference can be chance", async () => {
    const first = await answered("first", new Array(10).fill(false));
    const six = Array.from({ length: 10 }, (_, i) => i < 6);
    const { runs } = await runJson<{ runs: ComparedRun[] }>([
      "train",
      "compare",
      first,
      await answered("better", six),
      await answered("elsewhere", six, "other"),
      at("run"),
    ]);
    expect(runs[0]?.difference).toBeNull();
    // 2 / 2^6
    expect(runs[1]?.difference).toEqual({
      onlyFirst: 0,
      onlyThis: 6,
      p: expect.closeTo(0.03125, 9),
      significant: true,
    });
    expect(runs[2]?.difference).toBeNull();
    const own = runs[3] as ComparedRun;
    expect(own).toMatchObject({ base: at("tiny"), stages: [{ trainFrom: "head", epochs: 1 }] });
    const { accuracy, interval, photos } = own.test as NonNullable<ComparedRun["test"]>;
    const lines = (await readFile(at("run", "predictions.jsonl"), "utf8")).trim().split("\n");
    const answers = lines.map((line) => JSON.parse(line));
    expect(photos).toBe(answers.length);
    expect(accuracy).toBe(answers.filter((one) => one.class === one.answer).length / photos);
    expect(interval[0]).toBeLessThanOrEqual(accuracy);
    expect(interval[1]).toBeGreaterThanOrEqual(accuracy);
  });

  it("refuses a run that is not finished", async () => {
    await cp(at("run"), at("unfinished"), { recursive: true });
    await rm(at("unfinished", "result.json"));
    const { stdout } = await runCli(["train", "compare", at("unfinished"), "--json"]);
    expect(JSON.parse(stdout).error.fix).toContain(`train resume ${at("unfinished")}`);
  });
});
