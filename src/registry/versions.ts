/** Tries the versions behind a name until one works: a broken publish causes no outage. */
import { ModelError } from "../errors.ts";
import { pickArm } from "../models/pick-arm.ts";
import { parseVersionName, type VersionRef, versionName } from "../models/version-ref.ts";
import type { Candidates, LabelledModel, ModelCatalog } from "./model-catalog.ts";
import type { BadModel, ModelHealth } from "./model-health.ts";

/** The outcome of using one of several versions. */
export type Used<Value> = {
  readonly value: Value;
  /** `id@version` of the versions that should have been used before and could not. */
  readonly failed: readonly string[];
};

/** One search for a version that works. */
type Search = {
  readonly name: string;
  /** What went wrong so far. */
  readonly failures: ModelError[];
};

/** The versions of a catalog, with what this isolate has learnt about them. */
export class Versions {
  readonly #catalog: ModelCatalog;
  readonly #health: ModelHealth;

  constructor(catalog: ModelCatalog, health: ModelHealth) {
    this.#catalog = catalog;
    this.#health = health;
  }

  /**
   * Describes the versions that can answer: the arms with a usable manifest, or else the first usable
   * one of those that the alias stood for earlier.
   *
   * @throws ModelError if there is none: the first failure
   */
  async describe(candidates: Candidates): Promise<readonly [LabelledModel, ...LabelledModel[]]> {
    const { name, arms, previous } = candidates;
    const search: Search = { name, failures: [] };
    const described = await Promise.all(arms.map((arm) => this.#tryToDescribe(arm, search)));
    const [first, ...others] = described.filter((model) => model !== undefined);
    if (first) return [first, ...others];
    for (const force of [false, true]) {
      for (const ref of [...previous, ...arms]) {
        const model = await this.#tryToDescribe(ref, search, force);
        if (model) return [model];
      }
    }
    throw search.failures[0];
  }

  /**
   * Picks an arm by weight and uses it. If it fails because of the model, it is marked as bad in this
   * isolate, and another arm is used, then what the alias stood for earlier. Callers of the other arms
   * do not notice.
   *
   * @param key - of the caller or the photo: the same key gets the same arm, as long as that works
   * @throws what `use` throws if it is not a ModelError; the first ModelError if no version works
   */
  async use<Value>(
    candidates: Candidates,
    key: string,
    use: (model: LabelledModel) => Promise<Value>,
  ): Promise<Used<Value>> {
    const search: Search = { name: candidates.name, failures: [] };
    const failed = new Set<string>();
    const postponed: VersionRef[] = [];
    for await (const ref of inOrder(candidates, key)) {
      if (this.#health.isBad(versionName(ref))) postponed.push(ref);
      else {
        const outcome = await this.#try(ref, search, use);
        if (outcome) return { value: outcome.value, failed: [...failed] };
      }
      failed.add(versionName(ref));
    }
    // Nothing else works: better to try once more what has failed than to refuse without trying.
    for (const ref of postponed) {
      const outcome = await this.#try(ref, search, use);
      if (outcome) return { value: outcome.value, failed: [...failed] };
    }
    throw search.failures[0];
  }

  /** The versions that aliases stand for and that this isolate has found unusable. */
  async listBad(): Promise<BadModel[]> {
    const bad: BadModel[] = [];
    for (const entry of this.#health.list()) {
      const ref = parseVersionName(entry.model);
      if (ref && (await this.#catalog.isServing(ref))) bad.push(entry);
    }
    return bad;
  }

  /** Undefined if the version cannot be described, or could not a moment ago. */
  async #tryToDescribe(
    ref: VersionRef,
    search: Search,
    force = false,
  ): Promise<LabelledModel | undefined> {
    // The other arms must not wait for R2 each time because of this one.
    const isKnownBad = this.#health.isBad(versionName(ref)) && !this.#catalog.isDescribed(ref);
    if (isKnownBad && !force) return undefined;
    const outcome = await this.#try(ref, search, undefined);
    return outcome?.model;
  }

  /**
   * Tries one version and remembers the outcome: the only place that marks versions.
   *
   * @param use - undefined if the version is only described, which proves nothing about its network
   * @returns undefined if it fails because of the model
   */
  async #try<Value>(
    ref: VersionRef,
    { name, failures }: Search,
    use: ((model: LabelledModel) => Promise<Value>) | undefined,
  ): Promise<{ readonly model: LabelledModel; readonly value: Value } | undefined> {
    const version = versionName(ref);
    try {
      const model = await this.#catalog.describe(ref);
      if (!use) return { model, value: undefined as Value };
      const value = await use(model);
      this.#health.markGood(version);
      return { model, value };
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      this.#health.markBad(version, name, error);
      failures.push(error);
      return undefined;
    }
  }
}

/** The arms as they fall to the key, then what the alias stood for earlier. */
async function* inOrder(
  { name, arms, previous }: Candidates,
  key: string,
): AsyncGenerator<VersionRef> {
  let left = arms;
  while (left.length > 0) {
    const arm = await pickArm(name, key, left);
    left = left.filter((other) => other !== arm);
    yield arm;
  }
  yield* previous;
}
