/** Folders of runs that are in the way of other files, or that are damaged. Nothing is trained. */
import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { int8FolderOf } from "../../cli/models/int8-folder.ts";
import { readTeacher } from "../../cli/training/distill/read-teacher.ts";
import { resumeCommand } from "../../cli/training/run/interrupted.ts";
import { RunFolder } from "../../cli/training/run/run-folder.ts";
import { trainConfigSchema } from "../../src/training/train-config.ts";
import { useWorkspace } from "../support/workspace.ts";
import { makeModelFolder } from "./support/make-model.ts";
import { refuse } from "./support/refuse.ts";

const workspace = useWorkspace();
const at = (...names: string[]) => join(workspace().folder, ...names);

const PHOTOS = { classes: ["a", "b"], photos: [] };

beforeAll(async () => {
  await makeModelFolder(at("tiny"), { width: 8 });
  await makeModelFolder(at("runs", "tiny"), { width: 8 });
  await mkdir(at("photos"));
  await writeFile(at("file"), "");
});

describe("train run", () => {
  const begin = (out: string, base: string) =>
    refuse(["train", "run", at("photos"), "--out", at(out), "--base", base]);

  it("does not overwrite a model folder that is not a run", async () => {
    const error = await begin("tiny", "resnet18");
    expect(error).toMatchObject({ status: 2, code: "OPTION_INVALID" });
    expect(error.cause).toContain("holds a model");
  });

  it.each(["run", "ensemble"])("does not overwrite its base: train %s", async (verb) => {
    const words = ["train", verb, at("photos"), "--base", at("runs", "tiny"), "--force"];
    const error = await refuse([...words, "--out", at("runs")]);
    expect(error).toMatchObject({ status: 2, code: "OPTION_INVALID" });
    expect(error.cause).toContain("in the folder of the run");
  });

  it("needs a folder that it can write", async () => {
    // Not even root can make a folder inside a file.
    expect(await begin("file/run", "resnet18")).toMatchObject({ code: "FILE_UNWRITABLE" });
  });

  it("does not overwrite the config.json of another program", async () => {
    await mkdir(at("other-program"));
    await writeFile(at("other-program", "config.json"), "{}");
    const error = await begin("other-program", "resnet18");
    expect(error).toMatchObject({ code: "OPTION_INVALID" });
    expect(error.cause).toBe("It already holds a config.json, which the run would overwrite.");
  });

  it("needs a base", async () => {
    expect((await begin("new", "")).what).not.toContain("undefined");
  });

  it("leaves nothing in its folder that makes it an ensemble or a finished model", async () => {
    const run = new RunFolder(at("forced"));
    await makeModelFolder(run.path, { width: 8 });
    await writeFile(join(run.path, "ensemble.json"), "{}");
    await run.begin(trainConfigSchema.parse({ photos: "photos", base: "tiny" }), PHOTOS);
    expect(await readdir(run.path)).not.toContain("ensemble.json");
    expect(existsSync(join(run.path, "manifest.json"))).toBe(false);
  });
});

describe("a folder without a run", () => {
  it.each(["resume", "compare"])("is refused: train %s", async (verb) => {
    const absent = await refuse(["train", verb, at("absent")]);
    expect(absent).toMatchObject({ code: "FILE_UNREADABLE", cause: "The folder does not exist." });
    const other = await refuse(["train", verb, at("photos")]);
    expect(other).toMatchObject({
      what: `There is no run in ${at("photos")}.`,
      cause: "The folder has no config.json.",
    });
  });

  it("is not taken for an unfinished run because of a config.json of another program", async () => {
    await mkdir(at("foreign"));
    await writeFile(at("foreign", "config.json"), "{}");
    await expect(readTeacher(at("foreign"))).rejects.toThrow("manifest.json");
  });
});

describe("a command that is printed", () => {
  it("continues with the options that were given", () => {
    const options = { device: "webgpu", publish: "shop", remote: true, bucket: undefined };
    expect(resumeCommand("runs/shop", options)).toBe(
      "resnet-edge train resume runs/shop --device webgpu --publish shop --remote",
    );
    expect(resumeCommand("runs/shop", {})).toBe("resnet-edge train resume runs/shop");
  });

  it.each([
    ["runs/shop", "runs/shop-int8"],
    ["runs/shop/", "runs/shop-int8"],
    ["shop", "shop-int8"],
    [".", `${process.cwd()}-int8`],
    ["..", `${dirname(process.cwd())}-int8`],
  ])("names the folder of the int8 network of %s", (folder, int8) => {
    expect(int8FolderOf(folder)).toBe(int8);
  });
});

describe("the log of a run", () => {
  it("is refused if a line is damaged", async () => {
    const run = new RunFolder(at("damaged"));
    await mkdir(run.path);
    for (const line of ['{"stage": 0, "ep', '{"stage": 0}']) {
      await writeFile(join(run.path, "log.jsonl"), `${line}\n`);
      await expect(run.readEpochs()).rejects.toMatchObject({ code: "FILE_INVALID" });
    }
  });
});
