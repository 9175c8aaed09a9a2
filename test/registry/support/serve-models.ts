/** The registry over a bucket in memory, with the engines of Node or others. */
import { readLabelSources } from "../../../cli/platform/label-sources.ts";
import { MemoryLedger } from "../../../src/concurrency/memory-ledger.ts";
import { parseConfig } from "../../../src/config.ts";
import type { EngineSetting, EngineStarters } from "../../../src/inference/engines/engine.ts";
import { createLog } from "../../../src/log.ts";
import { DEFAULT_MEMORY_LIMITS, type MemoryLimits } from "../../../src/models/memory-budget.ts";
import { ModelBucket } from "../../../src/registry/model-bucket.ts";
import { ModelCatalog } from "../../../src/registry/model-catalog.ts";
import { ModelHealth } from "../../../src/registry/model-health.ts";
import { NetworkLoader } from "../../../src/registry/network-loader.ts";
import { Versions } from "../../../src/registry/versions.ts";
import type { SmallModel } from "../../support/small-model.ts";

const keepAlive = () => {};

export type ServeOptions = {
  readonly engines: EngineStarters;
  readonly engine?: EngineSetting;
  readonly limits?: MemoryLimits;
  readonly memory?: MemoryLedger;
};

/**
 * Serves models. The alias `default` stands for the first one.
 *
 * @returns among others `use`, which runs a version or an alias, and the bucket's objects by key
 */
export async function serveModels(models: readonly SmallModel[], options: ServeOptions) {
  const { engines, engine = "auto", limits = DEFAULT_MEMORY_LIMITS } = options;
  const objects = new Map<string, Uint8Array>();
  const putJson = (key: string, value: unknown) =>
    objects.set(key, new TextEncoder().encode(JSON.stringify(value)));
  for (const { manifest, files } of models) {
    const folder = `models/${manifest.id}/${manifest.version}`;
    for (const [path, bytes] of files) objects.set(`${folder}/${path}`, bytes);
    putJson(`${folder}/manifest.json`, manifest);
  }
  const [first] = models;
  putJson("aliases.json", {
    schemaVersion: 1,
    aliases: { default: { model: first?.manifest.id, version: first?.manifest.version } },
  });
  const reads: string[] = [];
  const bucket = new ModelBucket({
    get: async (key) => {
      reads.push(key);
      const bytes = objects.get(key);
      if (!bytes) return null;
      const arrayBuffer = async () => Uint8Array.from(bytes).buffer;
      return { size: bytes.byteLength, body: { cancel: async () => {} }, arrayBuffer };
    },
    head: async (key) => (objects.has(key) ? {} : null),
    list: async () => ({
      objects: [...objects.keys()].map((key) => ({ key, uploaded: new Date(0) })),
      truncated: false,
    }),
  });
  const lines: Record<string, unknown>[] = [];
  const log = createLog((line) => void lines.push(JSON.parse(line)));
  const sources = await readLabelSources();
  const catalog = new ModelCatalog(bucket, {
    sources,
    aliasesTtlMs: 30_000,
    labelMap: undefined,
    onError: () => {},
    keepAlive,
    log,
  });
  const health = new ModelHealth(30_000, log);
  const versions = new Versions(catalog, health);
  const memory = options.memory ?? new MemoryLedger(parseConfig({}).memory);
  const networks = new NetworkLoader(bucket, {
    engines,
    engineOf: () => engine,
    limits,
    memory,
    keepAlive,
    log,
  });
  const use = async (tensor: Float32Array, name?: string) =>
    versions.use(await catalog.candidates(name), "key", (model) => networks.run(model, tensor));
  const describeModel = async () =>
    (await versions.describe(await catalog.candidates(undefined)))[0];
  return { use, describeModel, health, networks, memory, objects, reads, lines };
}
