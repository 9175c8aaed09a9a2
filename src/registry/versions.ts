/** Tries the versions that a name stands for until one works, so a broken publish causes no outage. */
import { ModelError } from "../errors.ts";
import { pickArm } from "../models/pick-arm.ts";
import { parseVersionName, type VersionRef, versionName } from "../models/version-ref.ts";
import type { Candidates, LabelledModel, ModelCatalog } from "./model-catalog.ts";
import type { BadModel, ModelHealth } from "./model-health.ts";

export type UseResult<Value> = {
  readonly value: Value;
  /** `id@version` of the versions that should have been used first but failed. */
  readonly failed: readonly string[];
};

/** One search for a version that works. */
type Search = {
  readonly name: string;
  /** The failures so far. */
  readonly failures: ModelError[];
};

/** Finds versions that work, and records the health of those that do not. */
export class Versions {
  readonly #catalog: ModelCatalog;
  readonly #health: ModelHealth;

  constructor(catalog: ModelCatalog, health: ModelHealth) {
    this.#catalog = catalog;
    this.#health = health;
  }

  /**
   * Describes the versions that can answer: the arms with a usable manifest, or if there are none, the
   * first usable version that the alias stood for earlier.
   *
   * @throws ModelError the first failure, if there is no usable version
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
   * Picks an arm by weight and uses it. If the arm fails with a ModelError, it is marked as bad in this
   * isolate, and the other arms are tried, then the versions that the alias stood for earlier. Callers
   * of the other arms are not affected.
   *
   * @param key - identifies the caller or the photo; the same key gets the same arm as long as it works
   * @throws whatever `use` throws, unless it is a ModelError; the first ModelError if no version works
   */
  async use<Value>(
    candidates: Candidates,
    key: string,
    use: (model: LabelledModel) => Promise<Value>,
  ): Promise<UseResult<Value>> {
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
    // Nothing else works, so it is better to retry the versions marked as bad than to give up.
    for (const ref of postponed) {
      const outcome = await this.#try(ref, search, use);
      if (outcome) return { value: outcome.value, failed: [...failed] };
    }
    throw search.failures[0];
  }

  /** Lists the versions that aliases stand for but this isolate has found unusable. */
  async listBad(): Promise<BadModel[]> {
    const bad: BadModel[] = [];
    for (const entry of this.#health.list()) {
      const ref = parseVersionName(entry.model);
      if (ref && (await this.#catalog.isServing(ref))) bad.push(entry);
    }
    return bad;
  }

  /** Describes a version; undefined if that fails, or failed recently and `force` is not set. */
  async #tryToDescribe(
    ref: VersionRef,
    search: Search,
    force = false,
  ): Promise<LabelledModel | undefined> {
    // Otherwise every request to the other arms would wait for R2 because of this one.
    const isKnownBad = this.#health.isBad(versionName(ref)) && !this.#catalog.isDescribed(ref);
    if (isKnownBad && !force) return undefined;
    const outcome = await this.#try(ref, search, undefined);
    return outcome?.model;
  }

  /**
   * Tries one version and records whether it works. No other method marks versions.
   *
   * @param use - undefined to describe the version only, which proves nothing about its network
   * @returns undefined if the version fails with a ModelError
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

/** Yields the arms in the order in which the key picks them, then the earlier versions. */
async function* inOrder(
  { name, arms, previous }: Candidates,
  key: string,
): AsyncGenerator<VersionRef> {
  let remaining = arms;
  while (remaining.length > 0) {
    const arm = await pickArm(name, key, remaining);
    remaining = remaining.filter((other) => other !== arm);
    yield arm;
  }
  yield* previous;
}
