/** The published models as an isolate knows them: names, manifests and labels, but not networks. */
import type { KeepAlive } from "../concurrency/keep-alive.ts";
import { OncePerKey } from "../concurrency/once-per-key.ts";
import { Refreshed } from "../concurrency/refreshed.ts";
import { ModelError } from "../errors.ts";
import type { ClassLabel } from "../labels/class-label.ts";
import { countClasses, type LabelSources, labelClasses } from "../labels/label-classes.ts";
import { applyLabelMap } from "../labels/label-map.ts";
import {
  type Aliases,
  type AliasShare,
  type Arm,
  DEFAULT_ALIAS,
  previousVersions,
  resolveName,
  type Shadow,
  shadowOf,
  shadowSharesOf,
  sharesOf,
} from "../models/aliases.ts";
import type { ModelManifest } from "../models/manifest.ts";
import { type VersionRef, versionName } from "../models/version-ref.ts";
import { sha256Hex } from "../sha256.ts";
import type { ModelBucket } from "./model-bucket.ts";

/** A published version with the aliases that stand for it. */
export type PublishedModel = {
  readonly manifest: ModelManifest;
  readonly classCount: number;
  /** The aliases that stand for it, with its share of their requests. */
  readonly shares: readonly AliasShare[];
  /** The aliases that it is the shadow of, with the share of requests. */
  readonly shadows: readonly AliasShare[];
  /** SHA-256 of `preprocess` in the manifest, as JSON. */
  readonly preprocessSha256: string;
};

/** A published version with the labels of its classes, in output order. */
export type LabelledModel = PublishedModel & { readonly labels: readonly ClassLabel[] };

/** The versions that can answer for a name. */
export type Candidates = {
  /** What the caller asked for: an alias or `id@version`. */
  readonly name: string;
  readonly arms: readonly Arm[];
  /** The versions that the alias stood for earlier, latest first; empty for `id@version`. */
  readonly previous: readonly VersionRef[];
  /** The version that runs after the answer, for comparison. */
  readonly shadow: Shadow | undefined;
};

export type CatalogOptions = {
  readonly sources: LabelSources;
  /** How long `aliases.json` is cached. */
  readonly aliasesTtlMs: number;
  /** Name of the label map for every model, instead of the one in each manifest. */
  readonly labelMap: string | undefined;
  /** Receives the errors of background work. */
  readonly onError: (error: unknown) => void;
  readonly keepAlive: KeepAlive;
};

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
   * Finds the versions that can answer for a name.
   *
   * @param name - an alias or `id@version`; undefined for the default model
   * @throws ModelError MODEL_NOT_FOUND for an unknown name, MODEL_UNAVAILABLE if the bucket has no usable
   *   aliases
   */
  async candidates(name: string | undefined): Promise<Candidates> {
    const aliases = await this.#aliases.get();
    const asked = name ?? DEFAULT_ALIAS;
    const arms = resolveName(aliases, asked);
    if (!arms || !(await this.#exist(aliases, arms))) throw unknownName(aliases, name);
    const previous = previousVersions(aliases, asked);
    return { name: asked, arms, previous, shadow: shadowOf(aliases, asked) };
  }

  /**
   * Returns the manifest and the labels of one version.
   *
   * @throws ModelError MODEL_UNAVAILABLE
   */
  async describe(ref: VersionRef): Promise<LabelledModel> {
    const published = await this.#describe(ref, await this.#aliases.get());
    return { ...published, labels: await this.#readLabels(published.manifest) };
  }

  /** Whether the manifest of a version is cached, so that describing the version does not wait for R2. */
  isDescribed(ref: VersionRef): boolean {
    return this.#manifests.has(versionName(ref));
  }

  /** Whether an alias stands for a version. */
  async isServing(ref: VersionRef): Promise<boolean> {
    return sharesOf(await this.#aliases.get(), ref).length > 0;
  }

  /** Lists every published version with a usable manifest, in order of id and version. */
  async list(): Promise<PublishedModel[]> {
    const [aliases, refs] = await Promise.all([this.#aliases.get(), this.#bucket.listVersions()]);
    const models = await Promise.all(
      refs.map((ref) =>
        this.#describe(ref, aliases).catch((error: unknown) => {
          if (!(error instanceof ModelError)) throw error;
          this.#options.onError(error);
          return undefined;
        }),
      ),
    );
    return models.filter((model) => model !== undefined);
  }

  /** The arms of aliases are expected to exist. An `id@version` from a caller must be checked. */
  async #exist(aliases: Aliases, arms: readonly Arm[]): Promise<boolean> {
    const [arm] = arms;
    const isExpected = !arm || arms.length > 1 || sharesOf(aliases, arm).length > 0;
    return isExpected || this.#bucket.hasVersion(arm);
  }

  async #describe(ref: VersionRef, aliases: Aliases): Promise<PublishedModel> {
    const manifest = await this.#manifests.get(versionName(ref), () =>
      this.#bucket.readManifest(ref),
    );
    // Parsing puts the members into the order of the schema, so the hash does not depend on their order.
    const preprocess = new TextEncoder().encode(JSON.stringify(manifest.preprocess));
    return {
      manifest,
      classCount: countClasses(manifest.labels, this.#options.sources.table),
      shares: sharesOf(aliases, ref),
      shadows: shadowSharesOf(aliases, ref),
      preprocessSha256: await sha256Hex(preprocess),
    };
  }

  #readLabels(manifest: ModelManifest): Promise<readonly ClassLabel[]> {
    return this.#labels.get(versionName(manifest), async () => {
      const labels = makeLabels(manifest, this.#options.sources);
      const mapName = this.#options.labelMap ?? manifest.labels.map;
      return mapName === undefined
        ? labels
        : applyLabelMap(labels, await this.#bucket.readLabelMap(mapName));
    });
  }
}

function makeLabels(manifest: ModelManifest, sources: LabelSources): readonly ClassLabel[] {
  try {
    return labelClasses(manifest.labels, sources);
  } catch (cause) {
    throw new ModelError(
      "MODEL_UNAVAILABLE",
      `The manifest of ${versionName(manifest)} cannot be used: ${cause instanceof Error ? cause.message : cause} Publish the model again.`,
      { cause },
    );
  }
}

function unknownName(aliases: Aliases, name: string | undefined): ModelError {
  if (name === undefined) {
    return new ModelError(
      "MODEL_UNAVAILABLE",
      `aliases.json has no alias "${DEFAULT_ALIAS}", so no model answers by default. Point that alias to a published version.`,
    );
  }
  const known = Object.keys(aliases.aliases).sort();
  return new ModelError(
    "MODEL_NOT_FOUND",
    `There is no model "${name}". Use one of the aliases ${known.join(", ")}, or an id@version from the query "models".`,
    { details: { argument: "model", known } },
  );
}
