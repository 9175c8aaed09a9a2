/** Publishing what was trained, with a tiny network and made-up photos. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { useWorkspace } from "../support/workspace.ts";
import { writePhotos } from "./support/made-up-photos.ts";
import { makeModelFolder } from "./support/make-model.ts";
import { runCli, runJson } from "./support/run-cli.ts";

const workspace = useWorkspace();
const at = (...names: string[]) => join(workspace().folder, ...names);

const SETTINGS = {
  batch: 8,
  warmUpEpochs: 0,
  stages: [{ epochs: 2, trainFrom: "head", rate: 0, headRate: 0.02 }],
};

beforeAll(async () => {
  await makeModelFolder(at("tiny"), { width: 8 });
  await writePhotos(at("photos"), 16);
  await writeFile(at("settings.json"), JSON.stringify(SETTINGS));
});

describe("train run --publish", () => {
  const optionsOf = (wrangler: string) => [
    ...["--base", at("tiny"), "--config", at("settings.json"), "--cache", at("cache"), "--json"],
    ...["--publish", "fruit", "--wrangler", wrangler],
  ];
  const train = (out: string, wrangler: string, ...others: string[]) =>
    runCli(["train", "run", at("photos"), "--out", at(out), ...optionsOf(wrangler), ...others]);

  it("quantises, evaluates, publishes and promotes", async () => {
    const { code, stdout } = await train("published", workspace().config);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).published).toHaveLength(4);
    const { versions } = await runJson<{ versions: object[] }>([
      ...["model", "list", "--config", workspace().config],
    ]);
    expect(versions).toContainEqual(
      expect.objectContaining({
        ref: { id: "published", version: "1.0.0" },
        shares: [{ alias: "fruit", share: 1 }],
        manifest: expect.objectContaining({
          metrics: {
            test: expect.objectContaining({ images: 6 }),
            validation: expect.objectContaining({ images: 6 }),
          },
          // Test photos decide nothing.
          calibration: expect.objectContaining({ dataset: "validation" }),
          training: expect.objectContaining({ method: "head" }),
        }),
      }),
    );
  });

  it("has a heat map for each mistake in its report", async () => {
    const page = await readFile(at("published", "report.html"), "utf8");
    const lines = (await readFile(at("published", "predictions.jsonl"), "utf8")).trim().split("\n");
    const mistakes = lines
      .map((line) => JSON.parse(line))
      .filter((line) => line.answer !== line.class);
    expect(mistakes.length).toBeGreaterThan(0);
    expect(page.match(/<img alt="Heat map for/g)).toHaveLength(mistakes.length);
  });

  it("refuses a bucket that it cannot open before it trains", async () => {
    const { code, stdout } = await train("untrained", at("absent.toml"));
    expect(code).not.toBe(0);
    expect(JSON.parse(stdout).error.cause).toContain("absent.toml");
    expect(existsSync(at("untrained"))).toBe(false);
  });

  it("refuses a bucket that it cannot reach before it trains", async () => {
    const words = ["--remote", "--endpoint", "http://127.0.0.1:1", "--bucket", "models"];
    const env = { R2_ACCESS_KEY_ID: "key", R2_SECRET_ACCESS_KEY: "secret" };
    const args = ["train", "run", at("photos"), "--out", at("offline"), ...words];
    const { code, stdout } = await runCli([...args, ...optionsOf(workspace().config)], { env });
    expect(code).not.toBe(0);
    expect(JSON.parse(stdout).error.code).toBe("BUCKET_UNREACHABLE");
    expect(existsSync(at("offline"))).toBe(false);
  });

  it("keeps what it has done if publishing fails, and says how to continue", async () => {
    // The version exists, with another network.
    const out = join("other", "published");
    const { code, stdout } = await train(out, workspace().config, "--seed", "1");
    expect(code).not.toBe(0);
    const { error } = JSON.parse(stdout);
    expect(error.fix).toContain(
      `resnet-edge model publish ${at("other", "published-int8")} --promote fruit`,
    );
    expect(error.fix).not.toContain("model quantize");
    expect(existsSync(at(out, "model.onnx"))).toBe(true);
  });
});
