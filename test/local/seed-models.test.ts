/** The embedded models in a local bucket, with their files for LiteRT, which are not committed. */
import type { R2Bucket } from "@cloudflare/workers-types";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LocalBucket, openLocalBucket } from "../../cli/buckets/local-bucket.ts";
import { prepareLitert } from "../../cli/litert/prepare-litert.ts";
import { encodeManifest, type ModelFolder, readModelFiles } from "../../cli/models/model-folder.ts";
import { manifestSchema } from "../../src/models/manifest.ts";
import { DEFAULT_MEMORY_LIMITS } from "../../src/models/memory-budget.ts";
import { versionFileKey } from "../../src/models/version-ref.ts";
import { listEmbeddedModels } from "../../tools/embedded-models.ts";
import { seedModels } from "../../tools/seed-models.ts";
import { useWorkspace } from "../support/workspace.ts";

const workspace = useWorkspace();
let local: LocalBucket;
let bucket: R2Bucket;
let models: readonly ModelFolder[];

beforeAll(async () => {
  local = await openLocalBucket(workspace().config);
  bucket = local.bucket;
  models = await listEmbeddedModels();
  expect((await seedModels(bucket)).notes).toEqual([]);
});

afterAll(() => local?.close());

async function read(key: string): Promise<Uint8Array> {
  return new Uint8Array((await (await bucket.get(key))?.arrayBuffer()) ?? new ArrayBuffer());
}

it("have the file that model publish would give them, with the answers of ONNX Runtime", async () => {
  for (const folder of models) {
    const { manifest } = folder;
    const model = (await readModelFiles(folder)).get(manifest.files.model.path) as Uint8Array;
    const prepared = await prepareLitert(model, manifest, { limits: DEFAULT_MEMORY_LIMITS });
    expect(prepared.reason).toBeUndefined();
    const seeded = manifestSchema.parse(
      JSON.parse(new TextDecoder().decode(await read(versionFileKey(manifest, "manifest.json")))),
    );
    expect(seeded.files.litert).toEqual(prepared.file?.entry);
    const key = versionFileKey(manifest, seeded.files.litert?.path ?? "");
    expect(Buffer.compare(await read(key), prepared.file?.bytes ?? new Uint8Array())).toBe(0);
  }
});

it("get it in a bucket that was seeded before there were such files", async () => {
  const [{ manifest }] = models as [ModelFolder];
  const keys = ["model.tflite", "manifest.json"].map((file) => versionFileKey(manifest, file));
  await bucket.delete(keys[0] as string);
  await bucket.put(keys[1] as string, encodeManifest(manifest));
  expect((await seedModels(bucket)).written).toEqual(keys);
});
