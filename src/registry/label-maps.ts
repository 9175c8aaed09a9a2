/** The label maps in the bucket. Without one, classes keep their names, so a broken map stops nothing. */
import type { KeepAlive } from "../concurrency/keep-alive.ts";
import { OncePerKey } from "../concurrency/once-per-key.ts";
import { ModelError } from "../errors.ts";
import type { ClassLabel } from "../labels/class-label.ts";
import { applyLabelMap, type LabelMap } from "../labels/label-map.ts";
import { describeError, type Log } from "../log.ts";
import type { ModelBucket } from "./model-bucket.ts";

/** A label map that could not be read when it was last tried. */
export type BadLabelMap = {
  readonly labelMap: string;
  readonly code: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
};

const MAX_MAPS = 16;

export type LabelMapOptions = {
  /** How long a map that could not be read is not tried again. */
  readonly retryMs: number;
  readonly keepAlive: KeepAlive;
  readonly log: Log;
};

export class LabelMaps {
  readonly #bucket: ModelBucket;
  readonly #options: LabelMapOptions;
  readonly #maps: OncePerKey<LabelMap>;
  readonly #bad = new Map<string, { readonly bad: BadLabelMap; readonly retryAt: number }>();
  /** By the labels that the map was applied to; the map is the last one applied. */
  readonly #renamed = new WeakMap<
    readonly ClassLabel[],
    { readonly map: LabelMap; readonly labels: readonly ClassLabel[] }
  >();

  constructor(bucket: ModelBucket, options: LabelMapOptions) {
    this.#bucket = bucket;
    this.#options = options;
    this.#maps = new OncePerKey(MAX_MAPS, options.keepAlive);
  }

  /** Applies the map of that name. Returns the labels unchanged if it cannot be read. */
  async apply(name: string, labels: readonly ClassLabel[]): Promise<readonly ClassLabel[]> {
    const map = await this.#find(name);
    if (!map) return labels;
    const known = this.#renamed.get(labels);
    if (known?.map === map) return known.labels;
    const renamed = applyLabelMap(labels, map);
    this.#renamed.set(labels, { map, labels: renamed });
    return renamed;
  }

  /** Lists the maps that could not be read when they were last tried. */
  listBad(): BadLabelMap[] {
    return [...this.#bad.values()].map(({ bad }) => bad);
  }

  async #find(name: string): Promise<LabelMap | undefined> {
    const known = this.#bad.get(name);
    if (known && Date.now() < known.retryAt) return undefined;
    try {
      const map = await this.#maps.get(name, () => this.#bucket.readLabelMap(name));
      if (this.#bad.delete(name)) this.#options.log("info", "label-map-recovered", { name });
      return map;
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      this.#markBad(name, error);
      return undefined;
    }
  }

  #markBad(name: string, error: ModelError): void {
    const { retryMs, log } = this.#options;
    const now = Date.now();
    const known = this.#bad.get(name);
    const since = known?.bad.since ?? new Date(now).toISOString();
    const bad = { labelMap: name, code: error.code, reason: error.message, since };
    if (known || this.#bad.size < MAX_MAPS) this.#bad.set(name, { bad, retryAt: now + retryMs });
    if (!known) log("warn", "label-map-bad", { ...bad, ...describeError(error) });
  }
}
