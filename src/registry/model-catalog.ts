/** What the isolate knows of the published models: names, manifests and labels, without networks. */

import type { KeepAlive } from "../concurrency/keep-alive.ts";
import { OncePerKey } from "../concurrency/once-per-key.ts";
import { Refreshed } from "../concurrency/refreshed.ts";
import { ModelError } from "../errors.ts";
import { selectClassLabels } from "../labels/class-labels.ts";
import { applyLabelMap } from "../labels/label-map.ts";
import type { ClassLabel, LabelTable } from "../labels/label-table.ts";
import {
  type Aliases,
  type AliasShare,
  DEFAULT_ALIAS,
  previousVersions,
  resolveName,
  type Shadow,
  shadowOf,
  shadowSharesOf,
  sharesOf,
} from "../models/aliases.ts";
import type { ModelManifest } from "../models/manifest.ts";
import { parseVersionName, type VersionRef, versionName } from "../models/version-ref.ts";
import { sha256Hex } from "../sha256.ts";
import type { ModelBucket } from "./model-bucket.ts";
import type { BadModel, ModelHealth } from "./model-health.ts";

/** A published version with the names that mean it. */
export type PublishedModel = {
  readonly manifest: ModelManifest;
  readonly classCount: number;
  /** The names that mean it, with its share of their requests. */
  readonly shares: readonly AliasShare[];
  /** The names after whose answers it runs too, with the share of requests. */
  readonly shadows: readonly AliasShare[];
  /** SHA-256 of the preprocessing as the manifest states it, in JSON. */
  readonly preprocessSha256: string;
};

/** A published version with the labels of its classes, in output order. */
export type LabelledModel = PublishedModel & { readonly labels: readonly ClassLabel[] };

/** A version among those that a name means. */
export type SplitArm = {
  /** `id@version` */
  readonly version: string;
  readonly weight: number;
  /** Undefined where its manifest cannot be used. */
  readonly model: LabelledModel | undefined;
};

/** The versions that a name means, by weight. */
export type ModelSplit = {
  readonly name: string;
  readonly arms: readonly SplitArm[];
  /** Those of the arms that can be used, by what is known; else the one of before that can. */
  readonly usable: readonly [LabelledModel, ...LabelledModel[]];
  /** What the name meant before, latest first; nothing for `id@version`. */
  readonly previous: readonly VersionRef[];
  /** The version that runs after the answer. */
  readonly shadow: Shadow | undefined;
};

/** Settings of the catalogue. */
export type CatalogOptions = {
  readonly table: LabelTable;
  /** How long `aliases.json` is trusted before it is read again. */
  readonly aliasesTtlMs: number;
  /** Label map for every model, in place of the one a manifest names. */
  readonly labelMap: string | undefined;
  readonly health: ModelHealth;
  /** Told of what went wrong where nobody waits for it. */
  readonly onError: (error: unknown) => void;
  readonly keepAlive: KeepAlive;
};

/** One search for what a name means. */
type Attempt = {
  readonly alias: string;
  readonly aliases: Aliases;
  /** What went wrong so far. */
  readonly failures: ModelError[];
};

/** The models of a bucket as callers name them. */
export class ModelCatalog {
  readonly #bucket: ModelBucket;
  readonly #options: CatalogOptions;
  readonly #aliases: Refreshed<Aliases>;
  readonly #manifests: OncePerKey<ModelManifest>;
  readonly #labels: OncePerKey<readonly ClassLabel[]>;

  constructor(bucket: ModelBucket, options: CatalogOptions) {
    this.#bucket = bucket;
    this.#options = options;
    const { aliasesTtlMs: ttlMs, keepAlive, onError } = options;
    this.#aliases = new Refreshed(() => bucket.readAliases(), { ttlMs, keepAlive, onError });
    this.#manifests = new OncePerKey(keepAlive);
    this.#labels = new OncePerKey(keepAlive);
  }

  /**
   * Finds the model that a caller named; where several versions share the name, the first of them.
   *
   * @param name - an alias or `id@version`; undefined for the default model
   * @throws ModelError MODEL_NOT_FOUND for a name that means nothing, MODEL_UNAVAILABLE where the
   *   bucket has no usable content
   */
  async find(name: string | undefined): Promise<LabelledModel> {
    return (await this.findSplit(name)).usable[0];
  }

  /**
   * Finds all the versions that a caller's name means. A version that cannot be used is passed over, as
   * long as another of the name can, or one that the name meant before.
   *
   * @throws as {@link find}
   */
  async findSplit(name: string | undefined): Promise<ModelSplit> {
    const aliases = await this.#aliases.get();
    const alias = name ?? DEFAULT_ALIAS;
    const targets = resolveName(aliases, alias);
    if (!targets) throw unknownName(aliases, name);
    if (!(await this.#exist(aliases, targets))) throw unknownName(aliases, name);
    const previous = previousVersions(aliases, alias);
    const attempt: Attempt = { alias, aliases, failures: [] };
    const arms = await Promise.all(
      targets.map(async ({ weight, ...target }) => ({
        version: versionName(target),
        weight,
        model: await this.#tryTarget(target, attempt),
      })),
    );
    const [first, ...others] = arms.flatMap(({ model }) => (model ? [model] : []));
    const usable = first ?? (await this.#findFallback([...previous, ...targets], attempt));
    const shadow = shadowOf(aliases, alias);
    return { name: alias, arms, usable: [usable, ...others], previous, shadow };
  }

  /**
   * One version.
   *
   * @throws ModelError MODEL_UNAVAILABLE
   */
  async describe(target: VersionRef): Promise<LabelledModel> {
    return this.#describeLabelled(target, await this.#aliases.get());
  }

  /** Every published version whose manifest can be used, by id and version. */
  async list(): Promise<PublishedModel[]> {
    const [aliases, targets] = await Promise.all([
      this.#aliases.get(),
      this.#bucket.listVersions(),
    ]);
    const models = await Promise.all(
      targets.map((target) =>
        this.#describe(target, aliases).catch((error: unknown) => {
          this.#options.onError(requireModelError(error));
          return undefined;
        }),
      ),
    );
    return models.filter((model) => model !== undefined);
  }

  /** The versions that names mean at present and that cannot be used. */
  async listBad(): Promise<BadModel[]> {
    const aliases = await this.#aliases.get();
    return this.#options.health.list().filter(({ model }) => {
      const target = parseVersionName(model);
      return target !== undefined && sharesOf(aliases, target).length > 0;
    });
  }

  /** An alias promises its version; a version that a caller spelt out may be any. */
  async #exist(aliases: Aliases, targets: readonly VersionRef[]): Promise<boolean> {
    const [target, ...others] = targets as [VersionRef, ...VersionRef[]];
    const promised = others.length > 0 || sharesOf(aliases, target).length > 0;
    return promised || this.#bucket.hasVersion(target);
  }

  /** The version; undefined where it cannot be used, or could not a moment ago. */
  async #tryTarget(
    target: VersionRef,
    { alias, aliases, failures }: Attempt,
    { force = false } = {},
  ): Promise<LabelledModel | undefined> {
    const { health } = this.#options;
    const version = versionName(target);
    // The others must not wait for R2 each time because of this one.
    if (!force && health.isBad(version) && !this.#manifests.has(version)) return undefined;
    try {
      return await this.#describeLabelled(target, aliases);
    } catch (error) {
      const failure = requireModelError(error);
      health.markBad(version, alias, failure);
      failures.push(failure);
      return undefined;
    }
  }

  /** @throws ModelError where none can be used, the first one that there was */
  async #findFallback(targets: readonly VersionRef[], attempt: Attempt): Promise<LabelledModel> {
    for (const force of [false, true]) {
      for (const target of targets) {
        const model = await this.#tryTarget(target, attempt, { force });
        if (model) return model;
      }
    }
    throw attempt.failures[0];
  }

  async #describeLabelled(target: VersionRef, aliases: Aliases): Promise<LabelledModel> {
    const published = await this.#describe(target, aliases);
    return { ...published, labels: await this.#readLabels(published.manifest) };
  }

  async #describe(target: VersionRef, aliases: Aliases): Promise<PublishedModel> {
    const manifest = await this.#manifests.get(versionName(target), () =>
      this.#bucket.readManifest(target),
    );
    const classCount = manifest.labels.synsets?.length ?? this.#options.table.length;
    // The schema puts the members of a parsed manifest into its own order.
    const preprocess = new TextEncoder().encode(JSON.stringify(manifest.preprocess));
    return {
      manifest,
      classCount,
      shares: sharesOf(aliases, target),
      shadows: shadowSharesOf(aliases, target),
      preprocessSha256: await sha256Hex(preprocess),
    };
  }

  #readLabels(manifest: ModelManifest): Promise<readonly ClassLabel[]> {
    return this.#labels.get(versionName(manifest), async () => {
      const labels = selectLabels(this.#options.table, manifest);
      const mapName = this.#options.labelMap ?? manifest.labels.map;
      return mapName === undefined
        ? labels
        : applyLabelMap(labels, await this.#bucket.readLabelMap(mapName));
    });
  }
}

function selectLabels(table: LabelTable, manifest: ModelManifest): readonly ClassLabel[] {
  try {
    return selectClassLabels(table, manifest.labels.synsets);
  } catch (cause) {
    throw new ModelError(
      "MODEL_UNAVAILABLE",
      `The manifest of ${versionName(manifest)} cannot be used: ${cause instanceof Error ? cause.message : cause} Publish the model again.`,
      { cause },
    );
  }
}

/** Passes on what is no fault of a model. */
function requireModelError(error: unknown): ModelError {
  if (error instanceof ModelError) return error;
  throw error;
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
