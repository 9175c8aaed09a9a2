/** What the isolate knows of the published models: names, manifests and labels, without networks. */
import { ModelError } from "../errors.ts";
import { selectClassLabels } from "../inference/class-labels.ts";
import { applyLabelMap } from "../inference/label-map.ts";
import type { ClassLabel, LabelTable } from "../inference/label-table.ts";
import { type KeepAlive, OncePerKey } from "../inference/once.ts";
import {
  type Aliases,
  aliasesOf,
  DEFAULT_ALIAS,
  type ModelTarget,
  resolveModelName,
} from "./aliases.ts";
import { type ModelManifest, modelVersionName } from "./manifest.ts";
import type { ModelBucket } from "./model-bucket.ts";
import { sha256Hex } from "./sha256.ts";

/** A published version with the names that mean it. */
export type PublishedModel = {
  readonly manifest: ModelManifest;
  readonly classCount: number;
  readonly aliases: readonly string[];
  /** SHA-256 of the preprocessing as the manifest states it, in JSON. */
  readonly preprocessSha256: string;
};

/** A published version with the labels of its classes, in output order. */
export type LabelledModel = PublishedModel & { readonly labels: readonly ClassLabel[] };

/** The versions that a name means, by weight. */
export type ModelSplit = {
  readonly name: string;
  readonly arms: readonly { readonly model: LabelledModel; readonly weight: number }[];
};

/** Settings of the catalogue. */
export type CatalogOptions = {
  readonly table: LabelTable;
  /** How long `aliases.json` is trusted before it is read again. */
  readonly aliasesTtlMs: number;
  /** Label map for every model, in place of the one a manifest names. */
  readonly labelMap: string | undefined;
  readonly keepAlive: KeepAlive;
};

/** The models of a bucket as callers name them. */
export class ModelCatalog {
  readonly #bucket: ModelBucket;
  readonly #options: CatalogOptions;
  readonly #aliases: OncePerKey<Aliases>;
  readonly #manifests: OncePerKey<ModelManifest>;
  readonly #labels: OncePerKey<readonly ClassLabel[]>;
  #aliasesReadAt = 0;

  constructor(bucket: ModelBucket, options: CatalogOptions) {
    this.#bucket = bucket;
    this.#options = options;
    this.#aliases = new OncePerKey(options.keepAlive);
    this.#manifests = new OncePerKey(options.keepAlive);
    this.#labels = new OncePerKey(options.keepAlive);
  }

  /**
   * Finds the model that a caller named; where several versions share the name, the first of them.
   *
   * @param name - an alias or `id@version`; undefined for the default model
   * @throws ModelError MODEL_NOT_FOUND for a name that means nothing, MODEL_UNAVAILABLE where the
   *   bucket has no usable content
   */
  async find(name: string | undefined): Promise<LabelledModel> {
    const { arms } = await this.findSplit(name);
    return (arms[0] as (typeof arms)[number]).model;
  }

  /**
   * Finds all the versions that a caller's name means.
   *
   * @throws as {@link find}
   */
  async findSplit(name: string | undefined): Promise<ModelSplit> {
    const aliases = await this.#readAliases();
    const targets = resolveModelName(aliases, name ?? DEFAULT_ALIAS);
    if (!targets) throw unknownName(aliases, name);
    const arms = await Promise.all(
      targets.map(async ({ weight, ...target }) => {
        if (!(await this.#exists(aliases, target))) throw unknownName(aliases, name);
        const published = await this.#describe(target, aliases);
        const labels = await this.#readLabels(published.manifest);
        return { weight, model: { ...published, labels } };
      }),
    );
    return { name: name ?? DEFAULT_ALIAS, arms };
  }

  /** Every published version, by id and version. */
  async list(): Promise<PublishedModel[]> {
    const [aliases, targets] = await Promise.all([
      this.#readAliases(),
      this.#bucket.listVersions(),
    ]);
    return Promise.all(targets.map((target) => this.#describe(target, aliases)));
  }

  /** An alias promises its version; a version that a caller spelt out may be any. */
  async #exists(aliases: Aliases, target: ModelTarget): Promise<boolean> {
    return aliasesOf(aliases, target).length > 0 || this.#bucket.hasVersion(target);
  }

  async #describe(target: ModelTarget, aliases: Aliases): Promise<PublishedModel> {
    const manifest = await this.#manifests.get(`${target.model}@${target.version}`, () =>
      this.#bucket.readManifest(target),
    );
    const classCount = manifest.labels.synsets?.length ?? this.#options.table.length;
    // The schema puts the members of a parsed manifest into its own order.
    const preprocess = new TextEncoder().encode(JSON.stringify(manifest.preprocess));
    return {
      manifest,
      classCount,
      aliases: aliasesOf(aliases, target),
      preprocessSha256: await sha256Hex(preprocess),
    };
  }

  #readAliases(): Promise<Aliases> {
    if (Date.now() - this.#aliasesReadAt >= this.#options.aliasesTtlMs) {
      this.#aliases.forget("aliases");
      this.#aliasesReadAt = Date.now();
    }
    return this.#aliases.get("aliases", () => this.#bucket.readAliases());
  }

  #readLabels(manifest: ModelManifest): Promise<readonly ClassLabel[]> {
    return this.#labels.get(modelVersionName(manifest), async () => {
      const labels = selectClassLabels(this.#options.table, manifest.labels.synsets);
      const mapName = this.#options.labelMap ?? manifest.labels.map;
      return mapName === undefined
        ? labels
        : applyLabelMap(labels, await this.#bucket.readLabelMap(mapName));
    });
  }
}

function unknownName(aliases: Aliases, name: string | undefined): ModelError {
  if (name === undefined) {
    return new ModelError(
      "MODEL_UNAVAILABLE",
      `aliases.json has no alias "${DEFAULT_ALIAS}", so no model answers by default. Point it at a published version.`,
    );
  }
  const known = Object.keys(aliases.aliases).sort();
  return new ModelError(
    "MODEL_NOT_FOUND",
    `There is no model "${name}". Use one of these aliases: ${known.join(", ")}; or id@version as the query "models" lists them.`,
    { details: { argument: "model", known } },
  );
}
