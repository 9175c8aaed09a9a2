/** Three versions of a tiny network, and every way in which one of them can be broken. */
import { env } from "cloudflare:workers";
import type { ModelManifest } from "../../../src/models/manifest.ts";
import { versionFileKey } from "../../../src/models/version-ref.ts";
import { sha256Hex } from "../../../src/sha256.ts";
import { makeSmallModel, type SmallModel } from "../../support/small-model.ts";
import { type ReadFault, type WatchedBucket, watchBucket } from "./watched-bucket.ts";

export const ID = "tiny";
export const [OLD, GOOD, BROKEN] = ["1.0.0", "1.1.0", "1.2.0"] as const;
export const at = (version: string) => ({ model: ID, version });
const keyOf = (file: string) => versionFileKey({ id: ID, version: BROKEN }, file);
const MANIFEST = keyOf("manifest.json");
const GRAPH = keyOf("fp32.onnx");

/** Gives the objects of the bucket, or fails. */
export let watched: WatchedBucket;

const made = new Map<string, Promise<SmallModel>>();

/** Makes each network once for all tests. */
function makeOnce(version: string, bias = 0): Promise<SmallModel> {
  const key = `${version} ${bias}`;
  const model = made.get(key) ?? makeSmallModel({ id: ID, version, bias });
  made.set(key, model);
  return model;
}

async function publish(version: string, bias = 0): Promise<ModelManifest> {
  const { manifest, files } = await makeOnce(version, bias);
  for (const [path, bytes] of files) await env.MODELS.put(versionFileKey(manifest, path), bytes);
  await putManifest(manifest);
  return manifest;
}

async function putManifest(manifest: object & { readonly version: string }): Promise<void> {
  const key = versionFileKey({ id: ID, version: manifest.version }, "manifest.json");
  await env.MODELS.put(key, JSON.stringify(manifest));
}

export const change =
  (changes: (manifest: ModelManifest) => object, version: string = BROKEN) =>
  async () => {
    const { manifest } = await makeOnce(version as string);
    await putManifest({ ...manifest, ...changes(manifest) } as ModelManifest);
  };

export const putText = (key: string, content: string) => async () =>
  void (await env.MODELS.put(key, content));
export const removeObject = (key: string) => () => env.MODELS.delete(key);
export const failReads = (key: string, fault: ReadFault) => async () =>
  void watched.faults.set(key, fault);

export async function editGraph(edit: (bytes: Uint8Array) => Uint8Array): Promise<void> {
  const bytes = await (await env.MODELS.get(GRAPH))?.bytes();
  if (bytes) await env.MODELS.put(GRAPH, edit(bytes));
}

const outputs = (changes: object) =>
  change((manifest) => ({ outputs: { ...manifest.outputs, ...changes } }));

export const FAULTS: readonly [what: string, breakIt: () => Promise<void>][] = [
  ["a missing manifest", removeObject(MANIFEST)],
  ["a manifest that is not JSON", putText(MANIFEST, "{")],
  ["a manifest that is null", putText(MANIFEST, "null")],
  ["a manifest with an unknown member", change(() => ({ unknown: 1 }))],
  [
    "the manifest of another version",
    async () => {
      const other = await env.MODELS.get(versionFileKey({ id: ID, version: OLD }, "manifest.json"));
      await env.MODELS.put(MANIFEST, (await other?.text()) ?? "");
    },
  ],
  [
    "a manifest that is larger than memory",
    async () => void (await env.MODELS.put(MANIFEST, " ".repeat(5_000_000))),
  ],
  [
    "classes that the label table lacks",
    change(() => ({ labels: { table: "imagenet1k", classes: ["n00000001"] } })),
  ],
  ["a manifest that R2 fails to read", failReads(MANIFEST, "throws")],
  ["a manifest that R2 refuses to read", failReads(MANIFEST, "throws at once")],
  ["a manifest that breaks off", failReads(MANIFEST, "breaks off")],
  ["a manifest that ends early", failReads(MANIFEST, "ends early")],
  ["a missing model file", removeObject(GRAPH)],
  [
    "a model file with a flipped byte",
    () => editGraph((bytes) => bytes.with(100, (bytes[100] as number) ^ 1)),
  ],
  ["a truncated model file", () => editGraph((bytes) => bytes.subarray(0, 1000))],
  ["a longer model file", () => editGraph((bytes) => new Uint8Array([...bytes, 0]))],
  ["a model file that R2 fails to read", failReads(GRAPH, "throws")],
  ["a model file that R2 refuses to read", failReads(GRAPH, "throws at once")],
  ["a model file that breaks off", failReads(GRAPH, "breaks off")],
  ["a model file that ends early", failReads(GRAPH, "ends early")],
  [
    "a model file that is no graph",
    async () => {
      const bytes = new TextEncoder().encode("no graph");
      await env.MODELS.put(GRAPH, bytes);
      const hash = await sha256Hex(bytes);
      const file = { path: "fp32.onnx", bytes: bytes.byteLength, sha256: hash };
      await change(({ files }) => ({ files: { ...files, model: file } }))();
    },
  ],
  [
    "a model that is larger than the budget",
    change(({ files }) => ({
      files: { ...files, model: { ...files.model, bytes: 2_000_000_000 } },
    })),
  ],
  [
    "a crop that does not fit the graph",
    change(({ preprocess, input }) => ({
      preprocess: { ...preprocess, crop: 8 },
      input: { ...input, shape: [1, 3, 8, 8] },
    })),
  ],
  ["an unknown input", change(({ input }) => ({ input: { ...input, name: "nonesuch" } }))],
  ["an unknown output", outputs({ logits: "nonesuch" })],
  [
    "fewer classes than logits",
    change(() => ({ labels: { table: "imagenet1k", classes: ["n02123159", "n07920052"] } })),
  ],
  ["features that are a vector", outputs({ features: "logits" })],
  ["an embedding that is a feature map", outputs({ embedding: "features" })],
  ["logits that are not numbers", async () => void (await publish(BROKEN, Number.NaN))],
  [
    "preprocessing that overflows",
    change(({ preprocess }) => ({ preprocess: { ...preprocess, std: [1e-300, 1e-300, 1e-300] } })),
  ],
];

/** Publishes the three versions in an empty bucket that is watched. */
export async function publishAll(): Promise<void> {
  watched = watchBucket();
  const { objects } = await env.MODELS.list();
  await env.MODELS.delete(objects.map(({ key }) => key));
  for (const [i, version] of [OLD, GOOD, BROKEN].entries()) await publish(version, i);
}

/** Mends what {@link FAULTS} broke. */
export async function repair(): Promise<void> {
  watched.faults.clear();
  await publish(BROKEN, 2);
}
