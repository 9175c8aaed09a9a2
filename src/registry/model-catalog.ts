/** The published models as an isolate knows them: names, manifests and labels, but not networks. */
import type { KeepAlive } from "../concurrency/keep-alive.ts";
import { OncePerKey } from "../concurrency/once-per-key.ts";
import { Refreshed } from "../concurrency/refreshed.ts";
import { ModelError } from "../errors.ts";
import { unusableModel } from "../inference/unusable-model.ts";
import type { ClassLabel } from "../labels/class-label.ts";
import { countClasses, type LabelSources, labelClasses } from "../labels/label-classes.ts";
import type { Log } from "../log.ts";
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
import { preprocessText } from "../models/preprocess-of.ts";
import { type VersionRef, versionName } from "../models/version-ref.ts";
import { sha256Hex } from "../sha256.ts";
import { type BadLabelMap, LabelMaps } from "./label-maps.ts";
import type { ModelBucket } from "./model-bucket.ts";
import { VersionList, type VersionListing } from "./version-list.ts";

/** Callers can name every published version, and an isolate has no memory for any number of them. */
const MAX_MANIFESTS = 64;
/** Those of 1000 classes take about 0.3 MB. */
const MAX_LABELS = 16;
/** How many versions that an alias stood for earlier are tried. */
const MAX_PREVIOUS = 8;
const MAX_SHOWN_NAME = 100;

/** A published version with the aliases that stand for it. */
export type PublishedModel = {
  readonly manifest: ModelManifest;
  readonly classCount: number;
  /** The aliases that stand for it, with its share of their requests. */
  readonly shares: readonly AliasShare[];
  /** The aliases that it is the shadow of, with the share of requests. */
  readonly shadows: readonly AliasShare[];
  /** SHA-256 of the preprocessing that the manifest states. */
  readonly preprocessSha256: string;
};

/** A published version with the labels of its classes, in output order. */
export type LabelledModel = PublishedModel & { readonly labels: readonly ClassLabel[] };

/** The versions that can answer for a name. */
export type Candidates = {
  /** What the caller asked for: an alias or `id@version`. */
  readonly name: string;
  readonly arms: readonly Arm[];
  /** The latest versions that the alias stood for earlier, latest first; empty for `id@version`. */
  readonly previous: readonly VersionRef[];
  /** The aliases at the time of the request. */
  readonly aliases: Aliases;
  /** The version that runs after the answer, for comparison. */
  readonly shadow: Shadow | undefined;
};

export type CatalogOptions = {
  readonly sources: LabelSources;
  /** How long `aliases.json` and the list of versions are cached. */
  readonly aliasesTtlMs: number;
  /** Name of the label map for every model, instead of the one in each manifest. */
  readonly labelMap: string | undefined;
  /** Receives the errors of background work. */
  readonly onError: (error: unknown) => void;
  readonly keepAlive: KeepAlive;
  readonly log: Log;
};

export class ModelCatalog {
  readonly #bucket: ModelBucket;
  readonly #options: CatalogOptions;
  readonly #aliases: Refreshed<Aliases>;
  readonly #versions: VersionList;
  readonly #manifests: OncePerKey<ModelManifest>;
  readonly #labels: OncePerKey<readonly ClassLabel[]>;
  readonly #labelMaps: LabelMaps;
  readonly #preprocessSha256 = new WeakMap<ModelManifest, string>();
  /** The manifests of all listed versions, read once for each list. */
  #listed:
    | { readonly from: VersionListing["versions"]; readonly manifests: Promise<ModelManifest[]> }
    | undefined;

  constructor(bucket: ModelBucket, options: CatalogOptions) {
    this.#bucket = bucket;
    this.#options = options;
    const { aliasesTtlMs: ttlMs, keepAlive, onError, log } = options;
    this.#aliases = new Refreshed(() => bucket.readAliases(), { ttlMs, keepAlive, onError });
    this.#versions = new VersionList(() => bucket.listVersions(), { ttlMs, keepAlive, onError });
    this.#manifests = new OncePerKey(MAX_MANIFESTS, keepAlive);
    this.#labels = new OncePerKey(MAX_LABELS, keepAlive);
    this.#labelMaps = new LabelMaps(bucket, { retryMs: ttlMs, keepAlive, log });
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
    const previous = previousVersions(aliases, asked).slice(0, MAX_PREVIOUS);
    return { name: asked, arms, previous, shadow: shadowOf(aliases, asked), aliases };
  }

  /**
   * Returns the manifest and the labels of one version.
   *
   * @throws ModelError MODEL_UNAVAILABLE
   */
  async describe(ref: VersionRef, aliases: Aliases): Promise<LabelledModel> {
    const manifest = await this.#manifests.get(versionName(ref), () =>
      this.#bucket.readManifest(ref),
    );
    const published = await this.#toPublished(manifest, aliases);
    return { ...published, labels: await this.#readLabels(manifest) };
  }

  /** Whether the manifest of a version is cached, so that describing the version does not wait for R2. */
  isDescribed(ref: VersionRef): boolean {
    return this.#manifests.has(versionName(ref));
  }

  /** Forgets what was read of a version that does not work, because it may be repaired in the bucket. */
  forget(ref: VersionRef): void {
    this.#manifests.forget(versionName(ref));
    this.#labels.forget(versionName(ref));
  }

  /** Whether an alias stands for a version, or runs it as a shadow. */
  async isServing(ref: VersionRef): Promise<boolean> {
    const aliases = await this.#aliases.get();
    return [...sharesOf(aliases, ref), ...shadowSharesOf(aliases, ref)].length > 0;
  }

  /** Lists the label maps that could not be read when they were last tried. */
  listBadLabelMaps(): BadLabelMap[] {
    return this.#labelMaps.listBad();
  }

  /**
   * Lists every published version with a usable manifest, in order of id and version.
   *
   * @throws ModelError MODEL_UNAVAILABLE if the bucket has no usable aliases, or cannot be listed
   */
  async list(): Promise<PublishedModel[]> {
    const [aliases, { versions }] = await Promise.all([this.#aliases.get(), this.#versions.get()]);
    const manifests = await this.#readListed(versions);
    return Promise.all(manifests.map((manifest) => this.#toPublished(manifest, aliases)));
  }

  /** The arms of aliases are expected to exist. An `id@version` from a caller must be checked. */
  async #exist(aliases: Aliases, arms: readonly Arm[]): Promise<boolean> {
    const [arm] = arms;
    const isExpected = !arm || arms.length > 1 || sharesOf(aliases, arm).length > 0;
    return isExpected || this.#versions.has(arm);
  }

  #readListed(versions: VersionListing["versions"]): Promise<ModelManifest[]> {
    if (this.#listed?.from === versions) return this.#listed.manifests;
    const read = async (ref: VersionRef) => {
      try {
        const name = versionName(ref);
        const readManifest = () => this.#bucket.readManifest(ref);
        // A list must not push the versions in use out of the cache.
        if (!this.#manifests.has(name)) return await readManifest();
        return await this.#manifests.get(name, readManifest);
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        this.#options.onError(error);
        return undefined;
      }
    };
    const manifests = Promise.all(versions.map(read)).then((all) =>
      all.filter((manifest) => manifest !== undefined),
    );
    const listed = { from: versions, manifests };
    this.#listed = listed;
    const forget = () => {
      if (this.#listed === listed) this.#listed = undefined;
    };
    this.#options.keepAlive(manifests.catch(forget));
    return manifests;
  }

  async #toPublished(manifest: ModelManifest, aliases: Aliases): Promise<PublishedModel> {
    return {
      manifest,
      classCount: countClasses(manifest.labels, this.#options.sources.table),
      shares: sharesOf(aliases, manifest),
      shadows: shadowSharesOf(aliases, manifest),
      preprocessSha256: await this.#hashPreprocess(manifest),
    };
  }

  /** Every request needs it, so it is computed once for each manifest. */
  async #hashPreprocess(manifest: ModelManifest): Promise<string> {
    const known = this.#preprocessSha256.get(manifest);
    if (known !== undefined) return known;
    // Parsing puts the members into the order of the schema, so the hash does not depend on their order.
    const sha256 = await sha256Hex(new TextEncoder().encode(preprocessText(manifest)));
    this.#preprocessSha256.set(manifest, sha256);
    return sha256;
  }

  async #readLabels(manifest: ModelManifest): Promise<readonly ClassLabel[]> {
    const labels = await this.#labels.get(versionName(manifest), async () =>
      makeLabels(manifest, this.#options.sources),
    );
    const mapName = this.#options.labelMap ?? manifest.labels.map;
    return mapName === undefined ? labels : this.#labelMaps.apply(mapName, labels);
  }
}

function makeLabels(manifest: ModelManifest, sources: LabelSources): readonly ClassLabel[] {
  try {
    return labelClasses(manifest.labels, sources);
  } catch (cause) {
    throw unusableModel(
      `The manifest of ${versionName(manifest)} cannot be used. Publish the model again.`,
      cause,
    );
  }
}

function unknownName(aliases: Aliases, name: string | undefined): ModelError {
  if (name === undefined) {
    return new ModelError(
      "MODEL_UNAVAILABLE",
      'No model answers by default. Name one of the query "models", or try again later.',
      {
        cause: new Error(
          `aliases.json has no alias "${DEFAULT_ALIAS}". Point that alias to a published version.`,
        ),
      },
    );
  }
  const known = Object.keys(aliases.aliases).sort();
  return new ModelError(
    "MODEL_NOT_FOUND",
    `There is no model "${name.slice(0, MAX_SHOWN_NAME)}". Use one of the aliases ${known.join(", ")}, or an id@version from the query "models".`,
    { details: { argument: "model", known } },
  );
}
