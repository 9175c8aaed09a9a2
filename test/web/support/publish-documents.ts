import { openLocalStore } from "../../../cli/buckets/local-store.ts";
import type { ModelStore } from "../../../cli/buckets/model-store.ts";
import { labelSpecSchema } from "../../../src/labels/class-spec.ts";
import { ALIASES_KEY } from "../../../src/models/aliases.ts";
import { versionFileKey, versionName } from "../../../src/models/version-ref.ts";
import { makeSmallModel, type SmallModel } from "../../support/small-model.ts";

const REF = { id: "documents", version: "1.0.0" };
const CLASSES = [
  { id: "invoice", parent: "bill" },
  { id: "receipt", parent: "bill" },
  { id: "letter", names: { en: ["Letter"], zh: ["信件"] } },
];
const KINDS = [{ id: "bill", names: { en: ["Bill"], zh: ["账单"] } }];
/** Knows the tiger cat, but not the Egyptian cat. */
const FEW = { id: "few", version: "1.0.0" };
/** So large that "invoice" is the first class of every photo. */
const INVOICE_BIAS = 20;

/**
 * Publishes a small made-up network that knows three classes of a user's own, without synsets, and makes it
 * the default; and another that knows five of ImageNet's classes.
 *
 * @returns its `id@version`
 */
export async function publishDocuments(configPath: string): Promise<string> {
  const labels = labelSpecSchema.parse({ classes: CLASSES, kinds: KINDS });
  const store = await openLocalStore(configPath);
  await publish(store, await makeSmallModel({ ...REF, labels, bias: INVOICE_BIAS }));
  await publish(store, await makeSmallModel(FEW));
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

async function publish(store: ModelStore, { manifest, files }: SmallModel): Promise<void> {
  const put = (name: string, bytes: Uint8Array) =>
    store.put(versionFileKey(manifest, name), bytes, { ifAbsent: true });
  for (const [path, bytes] of files) await put(path, bytes);
  await put("manifest.json", Buffer.from(JSON.stringify(manifest)));
}
