/** Versions with a file for LiteRT: on real R2, directly and through the S3 API. */
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { ModelStore } from "../../cli/buckets/model-store.ts";
import { evaluate } from "../../cli/commands/model/evaluate.ts";
import { list } from "../../cli/commands/model/list.ts";
import { publish } from "../../cli/commands/model/publish.ts";
import { remove } from "../../cli/commands/model/remove.ts";
import { verify } from "../../cli/commands/model/verify.ts";
import { compareEngines, explainDisagreement } from "../../cli/litert/compare-engines.ts";
import { deriveLitert } from "../../cli/litert/derive-litert.ts";
import { prepareLitert } from "../../cli/litert/prepare-litert.ts";
import { SAMPLE_PHOTOS } from "../../cli/litert/sample-photos.ts";
import { writeModelFolder } from "../../cli/models/model-folder.ts";
import { completeVersion } from "../../cli/registry/complete-version.ts";
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import { convertGraph } from "../../src/graphs/tflite/convert-graph.ts";
import { writeTflite } from "../../src/graphs/tflite/write-tflite.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { DEFAULT_MEMORY_LIMITS } from "../../src/models/memory-budget.ts";
import { preprocessOf } from "../../src/models/preprocess-of.ts";
import { makeSmallLitertModel } from "../support/small-litert-model.ts";
import type { SmallModel } from "../support/small-model.ts";
import { useWorkspace } from "../support/workspace.ts";
import { type BucketStage, describeBuckets } from "./support/describe-buckets.ts";
import { makeModelFolder } from "./support/make-model.ts";

const VERSION = "models/tiny/1.0.0";
const LITERT = `${VERSION}/model.tflite`;
const MANIFEST = `${VERSION}/manifest.json`;
const ALL = ["int8.onnx", "head.f16.bin", "model.tflite", "manifest.json"].map(
  (file) => `${VERSION}/${file}`,
);
const [GRAPH, HEAD] = ALL;

/** The same network twice, except that the second prefers its first class. */
let small: SmallModel;
let other: SmallModel;

beforeAll(async () => {
  small = await makeSmallLitertModel();
  other = await makeSmallLitertModel({ bias: 5 });
});

function bytesOf({ files }: SmallModel, name: string): Uint8Array<ArrayBuffer> {
  return files.get(name) as Uint8Array<ArrayBuffer>;
}

async function readManifest(store: ModelStore): Promise<ModelManifest> {
  const object = await store.get(MANIFEST);
  return JSON.parse(new TextDecoder().decode(object?.bytes));
}

/** Overwrites an object. */
async function replace(store: ModelStore, key: string, bytes: Uint8Array): Promise<void> {
  const object = await store.get(key);
  expect(await store.put(key, bytes, { ifMatch: object?.etag ?? "" })).toBe(true);
}

async function isSound({ run }: BucketStage): Promise<boolean> {
  return (await run(verify)).failed === false;
}

const writeFolder = ({ folder }: BucketStage) =>
  writeModelFolder(folder, small.manifest, small.files);

describeBuckets((stage) => {
  const { run } = stage;

  it("a version gets a file for LiteRT before its manifest, and loses it when it is removed", async () => {
    await writeFolder(stage);
    const published = await run(publish, stage.folder);
    expect(published.result).toMatchObject({
      written: ALL,
      engines: ["onnxruntime", "litert"],
      comparison: { photos: SAMPLE_PHOTOS.length, sameFirst: SAMPLE_PHOTOS.length },
    });
    expect(published.text).toMatch(/Compared with ONNX Runtime on 6 photos/);
    expect((await run(publish, stage.folder)).result).toMatchObject({ written: [], present: ALL });
    expect((await run(list)).text).toMatch(/onnxruntime, litert/);
    expect(await isSound(stage)).toBe(true);
    await run(remove, "tiny@1.0.0");
    expect((await stage.store.list("models/")).map(({ key }) => key)).toEqual([
      `${VERSION}/removed.json`,
    ]);
  });

  it("a version that was published without it gets it later, and nothing else changes", async () => {
    await writeFolder(stage);
    const first = await run(publish, stage.folder, "--engine", "onnxruntime");
    expect(first.result).toMatchObject({ engines: ["onnxruntime"] });
    const { manifest } = small;
    const { litert: _, ...files } = manifest.files;
    expect(await readManifest(stage.store)).toEqual({ ...manifest, files });
    const again = await run(publish, stage.folder);
    expect(again.result).toMatchObject({
      written: [LITERT, MANIFEST],
      present: [GRAPH, HEAD],
      engines: ["onnxruntime", "litert"],
    });
    expect(again.text).toMatch(/already in .* Added its file for LiteRT/);
    expect(await readManifest(stage.store)).toEqual(manifest);
    const third = await run(publish, stage.folder, "--engine", "onnxruntime");
    expect(third.result).toMatchObject({ written: [], engines: ["onnxruntime", "litert"] });
    expect(await isSound(stage)).toBe(true);
  });
});

describeBuckets(
  (stage) => {
    const { run } = stage;

    it("an interrupted run is completed, and a file with other content keeps its name", async () => {
      await writeFolder(stage);
      await stage.store.put(LITERT, bytesOf(small, "model.tflite"), { ifAbsent: true });
      const completed = await run(publish, stage.folder);
      expect(completed.result).toMatchObject({
        present: [LITERT],
        written: [GRAPH, HEAD, MANIFEST],
      });
      await run(remove, "tiny@1.0.0");

      const left = bytesOf(other, "model.tflite");
      await stage.store.put("models/tiny/1.1.0/model.tflite", left, { ifAbsent: true });
      await run(publish, stage.folder, "--version", "1.1.0");
      const kept = await stage.store.get("models/tiny/1.1.0/model.tflite");
      expect(kept?.bytes).toEqual(left);
      expect((await run(verify, "tiny@1.1.0")).failed).toBe(false);
      const keys = (await stage.store.list("models/tiny/1.1.0/")).map(({ key }) => key);
      expect(keys).toContainEqual(expect.stringMatching(/model-[0-9a-f]{16}\.tflite$/));
    });

    it("several operators can add it at once", async () => {
      await writeFolder(stage);
      await run(publish, stage.folder, "--engine", "onnxruntime");
      const runs = await Promise.all([1, 2, 3].map(() => run(publish, stage.folder)));
      const written = runs.map(({ result }) => (result as { written: string[] }).written);
      expect(written.filter((keys) => keys.includes(MANIFEST))).toHaveLength(1);
      expect(await isSound(stage)).toBe(true);
    });

    it("nothing of it stays if the version is removed meanwhile", async () => {
      await writeFolder(stage);
      await run(publish, stage.folder, "--engine", "onnxruntime");
      const { store } = stage;
      const put: ModelStore["put"] = async (key, ...rest) => {
        if (key === LITERT) await run(remove, "tiny@1.0.0");
        return store.put(key, ...rest);
      };
      const files = new Map([["int8.onnx", bytesOf(small, "int8.onnx")]]);
      const litert = deriveLitert(bytesOf(small, "int8.onnx"), small.manifest);
      const completing = completeVersion(
        { ...store, put },
        { manifest: small.manifest, files, litert },
      );
      await expect(completing).rejects.toMatchObject({ code: "VERSION_REMOVED" });
      expect((await store.list(VERSION)).map(({ key }) => key)).toEqual([
        `${VERSION}/removed.json`,
      ]);
    });

    it("verify finds a damaged file, and publish repairs it", async () => {
      await writeFolder(stage);
      await run(publish, stage.folder);
      await replace(stage.store, LITERT, new Uint8Array(100));
      const { text, failed } = await run(verify);
      expect(failed).toBe(true);
      expect(text).toMatch(/model\.tflite is not valid/);
      const { result } = await run(publish, stage.folder);
      expect(result).toMatchObject({ written: [expect.stringContaining(".tflite"), MANIFEST] });
      expect(await isSound(stage)).toBe(true);
      await stage.store.delete([LITERT]);
      expect(await isSound(stage)).toBe(true);
    });

    it("verify finds a file of another network, and one that is not a network", async () => {
      await writeFolder(stage);
      await run(publish, stage.folder);
      const { manifest } = small;
      const claim = async (bytes: Uint8Array<ArrayBuffer>, entry: object) => {
        await replace(stage.store, LITERT, bytes);
        const files = { ...manifest.files, litert: { ...manifest.files.litert, ...entry } };
        const json = JSON.stringify({ ...manifest, files });
        await replace(stage.store, MANIFEST, new TextEncoder().encode(json));
        return (await run(verify)).text;
      };
      const file = bytesOf(other, "model.tflite");
      expect(await claim(file, other.manifest.files.litert as object)).toMatch(
        /LiteRT answers differently from ONNX Runtime: a probability differs by 0\.\d+/,
      );
      const { bytes, sha256 } = manifest.files.model;
      expect(await claim(bytesOf(small, "int8.onnx"), { bytes, sha256 })).toMatch(
        /LiteRT cannot load the model/,
      );
    });

    it("a graph that cannot be converted is published for ONNX Runtime, which names the operator", async () => {
      await makeModelFolder(stage.folder);
      const { result, text } = await run(publish, stage.folder);
      expect(result).toMatchObject({ engines: ["onnxruntime"] });
      expect(text).toMatch(/has no file for LiteRT, so ONNX Runtime runs it\. Conv \(.+\): /);
      expect(await isSound(stage)).toBe(true);
    });
  },
  ["S3"],
);

describe("the comparison of both engines", () => {
  it("refuses another network's file", async () => {
    const { manifest } = small;
    const model = bytesOf(small, "int8.onnx");
    const litert = bytesOf(other, "model.tflite");
    const photos = SAMPLE_PHOTOS.slice(0, 2);
    const comparison = await compareEngines({ manifest, model, litert }, photos);
    expect(comparison.photos).toBe(2);
    expect(explainDisagreement(comparison)).toMatch(/^LiteRT answers differently/);
  });

  it("measures how far features are apart", async () => {
    const { manifest } = small;
    const model = bytesOf(small, "int8.onnx");
    const distanceTo = async (litert: Uint8Array) => {
      const files = { manifest, model, litert };
      return (await compareEngines(files, SAMPLE_PHOTOS.slice(0, 1))).largestDistance;
    };
    expect(await distanceTo(bytesOf(small, "model.tflite"))).toBeLessThan(0.02);
    const graph = readModel(model, "int8.onnx", preprocessOf(manifest));
    const constants = new Map(graph.constants);
    for (const [name, constant] of constants) {
      if (constant.type !== "int8") continue;
      constants.set(name, { ...constant, data: constant.data.toReversed() });
    }
    const reversed = writeTflite(convertGraph({ ...graph, constants }));
    expect(await distanceTo(reversed)).toBeGreaterThan(0.1);
  });

  it("allows small differences, and other first classes if they were close", () => {
    const alike = {
      photos: 9,
      sameFirst: 8,
      largestDifference: 0.029,
      largestLostLead: 0.01,
      largestDistance: 0.09,
    };
    expect(explainDisagreement(alike)).toBeUndefined();
    expect(explainDisagreement({ ...alike, largestDifference: 0.031 })).toMatch(
      /a probability differs by 0\.031, and at most 0\.03 is allowed/,
    );
    expect(explainDisagreement({ ...alike, largestDistance: 0.2 })).toMatch(
      /an embedding or features differ by 20 % of their length/,
    );
    expect(explainDisagreement({ ...alike, largestLostLead: 0.08 })).toMatch(
      /another on 1 of 9 photos, on one of which it led by 0\.080/,
    );
  });

  it("does not allow a file that no Worker has memory for", async () => {
    const { manifest } = small;
    const limits = { ...DEFAULT_MEMORY_LIMITS, modelBytes: 1000 };
    const prepared = await prepareLitert(bytesOf(small, "int8.onnx"), manifest, { limits });
    expect(prepared.file).toBeUndefined();
    expect(prepared.reason).toMatch(/file for LiteRT has .* MODEL_MEMORY_BYTES = 1000/);
  });
});

describe("model evaluate", () => {
  const workspace = useWorkspace();
  const DATA = ["--data", "examples/val", "--dry-run", "--json"];

  it("runs the engine that --engine names, and states it", async () => {
    const folder = join(workspace().folder, "int8");
    await writeModelFolder(folder, small.manifest, small.files);
    for (const [setting, engine] of [
      ["litert", "litert"],
      ["auto", "litert"],
      ["onnxruntime", "onnxruntime"],
    ] as const) {
      const { result, text } = await evaluate.run([folder, ...DATA, "--engine", setting]);
      expect(result).toMatchObject({ engine });
      expect(text).toMatch(engine === "litert" ? /^engine +LiteRT$/m : /^engine +ONNX Runtime$/m);
    }
  });

  it("runs a graph that cannot be converted with ONNX Runtime, unless it must be LiteRT", async () => {
    const folder = join(workspace().folder, "fp32");
    await makeModelFolder(folder);
    const { result } = await evaluate.run([folder, ...DATA, "--engine", "auto"]);
    expect(result).toMatchObject({ engine: "onnxruntime" });
    await expect(evaluate.run([folder, ...DATA, "--engine", "litert"])).rejects.toMatchObject({
      code: "MODEL_UNUSABLE",
      why: expect.stringMatching(/^Conv /),
    });
  });
});
