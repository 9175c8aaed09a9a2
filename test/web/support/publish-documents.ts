import { openLocalStore } from "../../../cli/buckets/local-store.ts";
import { describeFile, makeHeadFile } from "../../../cli/models/model-folder.ts";
import { buildResNet } from "../../../src/graphs/resnet/build-resnet.ts";
import { ALIASES_KEY } from "../../../src/models/aliases.ts";
import { manifestSchema } from "../../../src/models/manifest.ts";
import { versionFileKey, versionName } from "../../../src/models/version-ref.ts";
import { makeResNet } from "../../support/make-resnet.ts";

const REF = { id: "documents", version: "1.0.0" };
const SIDE = 32;
const CLASSES = [
  { id: "invoice", parent: "bill" },
  { id: "receipt", parent: "bill" },
  { id: "letter", names: { en: ["Letter"], zh: ["信件"] } },
];
const KINDS = [{ id: "bill", names: { en: ["Bill"], zh: ["账单"] } }];
/** So large that "invoice" is the first class of every photo. */
const INVOICE_BIAS = 20;

/**
 * Publishes a small made-up network that knows three classes of a user's own, without synsets, and makes it
 * the default.
 *
 * @returns its `id@version`
 */
export async function publishDocuments(configPath: string): Promise<string> {
  const weights = new Map(makeResNet(18, { width: 2, classes: CLASSES.length }));
  weights.set("fc.bias", { shape: [CLASSES.length], data: Float32Array.of(INVOICE_BIAS, 0, 0) });
  const { model, head, architecture } = buildResNet(weights, "made up", { inputSize: SIDE });
  const headFile = makeHeadFile(head.data, CLASSES.length);
  const manifest = manifestSchema.parse({
    schemaVersion: 1,
    ...REF,
    architecture,
    files: { model: describeFile("fp32.onnx", model), head: headFile.entry },
    input: { name: "input", shape: [1, 3, SIDE, SIDE], color: "RGB" },
    preprocess: {
      resize: { shorterSide: SIDE, interpolation: "bilinear" },
      crop: SIDE,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
    },
    outputs: { logits: "logits", embedding: "embedding", features: "features" },
    labels: { classes: CLASSES, kinds: KINDS },
    metrics: {},
    licence: "MIT",
    source: "made up",
    recommendedThreshold: 0.1,
  });
  const store = await openLocalStore(configPath);
  const put = (name: string, bytes: Uint8Array) =>
    store.put(versionFileKey(REF, name), bytes, { ifAbsent: true });
  await put("fp32.onnx", model);
  await put(headFile.entry.path, headFile.bytes);
  await put("manifest.json", Buffer.from(JSON.stringify(manifest)));
  const aliases = await store.get(ALIASES_KEY);
  const promoted = {
    schemaVersion: 1,
    aliases: { default: { model: REF.id, version: REF.version } },
  };
  const condition = aliases ? { ifMatch: aliases.etag } : ({ ifAbsent: true } as const);
  await store.put(ALIASES_KEY, Buffer.from(JSON.stringify(promoted)), condition);
  await store.close();
  return versionName(REF);
}
