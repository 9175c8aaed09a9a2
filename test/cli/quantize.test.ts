/** `model quantize` with files that it can use, and that it cannot. */
import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CliErrorCode } from "../../cli/cli-error.ts";
import type { QuantizeReport } from "../../cli/quantize/describe-quantized.ts";
import { makeModelFolder } from "./support/make-model.ts";
import { CAT, makeModelAndPhoto, writeDamaged } from "./support/model-and-photo.ts";
import { refuse } from "./support/refuse.ts";
import { runCli, runJson } from "./support/run-cli.ts";

let folder: string;
let model: string;
let data: string;

beforeAll(async () => {
  ({ folder, model, data } = await makeModelAndPhoto());
});

afterAll(() => rm(folder, { recursive: true }));

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
