/** Checks answers with their receipts. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { ImageFile } from "../../src/imaging/image-file.ts";
import { makeReceipt, type Receipt } from "../../src/models/receipt.ts";
import { createNodeServices } from "../../tools/node-services.ts";
import { useLocalWorker } from "../support/use-local-worker.ts";

const run = promisify(execFile);
const ROOT = new URL("../../", import.meta.url).pathname;
const PHOTO = "examples/espresso.jpg";

const worker = useLocalWorker();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "resnet-edge-test-"));
  return () => rm(folder, { recursive: true });
});

async function classify(search: string): Promise<{ receipt: Receipt }> {
  const url = new URL(`/classify?${search}`, worker().url);
  const body = await readFile(join(ROOT, PHOTO));
  const response = await fetch(url, { method: "POST", body });
  expect(response.status).toBe(200);
  return (await response.json()) as { receipt: Receipt };
}

/** What the service answered before there was a choice of engines. */
async function makeOnnxRuntimeReceipt(): Promise<Receipt> {
  const { classifier } = await createNodeServices({ engineOf: () => "onnxruntime" });
  const request = { topK: 3, threshold: undefined };
  const plan = await classifier.plan(["default", "resnet18"], request);
  const photo = new ImageFile(new Uint8Array(await readFile(join(ROOT, PHOTO))));
  return makeReceipt(await classifier.classify(photo, plan), "wasm");
}

describe("npm run replay", () => {
  let receipt: Receipt;

  beforeAll(async () => {
    ({ receipt } = await classify("topK=3&models=default,resnet18"));
  });

  async function replay(given: unknown, photo: string) {
    const path = join(folder, "receipt.json");
    await writeFile(path, JSON.stringify(given));
    return run(process.execPath, ["tools/replay.ts", path, photo], { cwd: ROOT }).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: "" }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
  }

  it("reproduces the answer of an ensemble", async () => {
    const { code, stdout } = await replay(receipt, PHOTO);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Reproduced/m);
  });

  it.each(["whole", "tiles"])("reproduces an answer with framing=%s", async (framing) => {
    const framed = await classify(`topK=2&models=default,resnet18&framing=${framing}`);
    expect(framed.receipt.parameters).toMatchObject({ framing: framing.toUpperCase() });
    expect(framed.receipt.predictions).not.toEqual(receipt.predictions.slice(0, 2));
    const { code, stdout } = await replay(framed.receipt, PHOTO);
    expect(stdout).toMatch(/^Reproduced/m);
    expect(code).toBe(0);
  });

  it("reproduces receipts of before: without engines, and with synsets in the place of ids", async () => {
    expect(receipt.models.map(({ engine }) => engine)).toEqual(["litert", "litert"]);
    const old = await makeOnnxRuntimeReceipt();
    const models = old.models.map(({ engine, ...rest }) => rest);
    const predictions = old.predictions.map(({ id, ...rest }) => ({ synset: id, ...rest }));
    const { code, stdout } = await replay({ ...old, schemaVersion: 1, models, predictions }, PHOTO);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Reproduced/m);
  });

  it.each<[what: string, change: (receipt: Receipt) => unknown, problem: RegExp]>([
    [
      "a confidence was changed",
      (r) => ({
        ...r,
        predictions: r.predictions.map((p) => ({ ...p, confidence: p.confidence + 0.001 })),
      }),
      /confidence of n07920052/,
    ],
    [
      "the model file is a different one",
      (r) => ({ ...r, models: r.models.map((m) => ({ ...m, sha256: "0".repeat(64) })) }),
      /efficientnet-lite0@1\.1\.0.*SHA-256/,
    ],
    [
      "the preprocessing is different",
      (r) => ({ ...r, models: r.models.map((m) => ({ ...m, preprocessSha256: "0".repeat(64) })) }),
      /preprocessing of efficientnet-lite0@1\.1\.0/,
    ],
    [
      "the file of the engine is a different one",
      (r) => ({ ...r, models: r.models.map((m) => ({ ...m, engineFileSha256: "0".repeat(64) })) }),
      /file of efficientnet-lite0@1\.1\.0 for its engine.*SHA-256/,
    ],
    [
      "a prediction was removed",
      (r) => ({ ...r, predictions: r.predictions.slice(1) }),
      /3 predictions.*2/,
    ],
    [
      "the model is not available",
      (r) => ({ ...r, models: r.models.map((m) => ({ ...m, version: "9.9.9" })) }),
      /9\.9\.9/,
    ],
  ])("fails and explains the difference if %s", async (_, change, problem) => {
    const { code, stderr } = await replay(change(receipt), PHOTO);
    expect(code).toBe(1);
    expect(stderr).toMatch(problem);
  });

  it("fails and explains the difference if the photo is a different one", async () => {
    const { code, stderr } = await replay(receipt, "examples/cat.jpg");
    expect(code).toBe(1);
    expect(stderr).toMatch(/photo.*SHA-256/);
  });

  it("rejects a receipt of an engine that it does not have, and names the engines", async () => {
    const models = receipt.models.map((model) => ({ ...model, engine: "another" }));
    const { code, stderr } = await replay({ ...receipt, models }, PHOTO);
    expect(code).toBe(2);
    expect(stderr).toMatch(/"onnxruntime"\|"litert"/);
    expect(stderr).toContain("models[0].engine");
  });

  it("rejects a file that is not a receipt", async () => {
    const { code, stderr } = await replay({ schemaVersion: 1 }, PHOTO);
    expect(code).toBe(2);
    expect(stderr).toContain("receipt.json");
  });
});
