/** Tries the versions that a name stands for until one works, so a broken publish causes no outage. */
import { ModelError } from "../errors.ts";
import { unusableModel } from "../inference/unusable-model.ts";
import { pickArm } from "../models/pick-arm.ts";
import { parseVersionName, type VersionRef, versionName } from "../models/version-ref.ts";
import { ImageSpecificError } from "./image-specific-error.ts";
import type { BadLabelMap } from "./label-maps.ts";
import type { Candidates, LabelledModel, ModelCatalog } from "./model-catalog.ts";
import type { BadModel, ModelHealth } from "./model-health.ts";

export type UseResult<Value> = {
  readonly value: Value;
  /** `id@version` of the versions that should have been used first but failed. */
  readonly failed: readonly string[];
};

/** One search for a version that works. */
type Search = {
  readonly candidates: Candidates;
  /** The latest failure of each version, by `id@version`. */
  readonly failures: Map<string, ModelError>;
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
   * @throws ModelError the failure of the first arm, if there is no usable version
   */
  async describe(candidates: Candidates): Promise<readonly [LabelledModel, ...LabelledModel[]]> {
    const { arms, previous } = candidates;
    const search: Search = { candidates, failures: new Map() };
    const described = await Promise.all(arms.map((arm) => this.#tryToDescribe(arm, search)));
    const [first, ...others] = described.filter((model) => model !== undefined);
    if (first) return [first, ...others];
    for (const force of [false, true]) {
      for (const ref of force ? [...arms, ...previous] : previous) {
        const model = await this.#tryToDescribe(ref, search, force);
        if (model) return [model];
      }
    }
    throw firstFailure([...arms, ...previous], search);
  }

  /**
   * Picks an arm by weight and uses it. If the arm fails with a ModelError, it is marked as bad in this
   * isolate, and the other arms are tried, then the versions that the alias stood for earlier. Callers
   * of the other arms are not affected.
   *
   * @param key - identifies the caller or the photo; the same key gets the same arm as long as it works
   * @throws whatever `use` throws, unless it is a ModelError; the failure of the picked arm if no version
   *   works
   */
  async use<Value>(
    candidates: Candidates,
    key: string,
    use: (model: LabelledModel) => Promise<Value>,
  ): Promise<UseResult<Value>> {
    const search: Search = { candidates, failures: new Map() };
    const passedOver: VersionRef[] = [];
    const postponed: VersionRef[] = [];
    const result = (value: Value, by: VersionRef): UseResult<Value> => {
      const names = passedOver.map(versionName);
      return { value, failed: names.filter((name) => name !== versionName(by)) };
    };
    for await (const ref of inOrder(candidates, key)) {
      if (this.#health.isBad(versionName(ref))) postponed.push(ref);
      else {
        const outcome = await this.#try(ref, search, use);
        if (outcome) return result(outcome.value, ref);
      }
      passedOver.push(ref);
    }
    // Nothing else works, so it is better to retry the versions marked as bad than to give up.
    for (const ref of postponed) {
      const outcome = await this.#try(ref, search, use);
      if (outcome) return result(outcome.value, ref);
    }
    throw firstFailure(passedOver, search);
  }

  /**
   * Uses one version and records whether it works. No other version takes its place.
   *
   * @param accept - throws if the version must not be used now; that is not its failure
   * @throws whatever `accept` and `use` throw; ModelError, without trying, if the version failed recently
   */
  async useOnly<Value>(
    ref: VersionRef,
    candidates: Candidates,
    accept: (model: LabelledModel) => void,
    use: (model: LabelledModel) => Promise<Value>,
  ): Promise<Value> {
    const failure = this.#health.findFailure(versionName(ref));
    if (failure) throw failure;
    const search: Search = { candidates, failures: new Map() };
    const described = await this.#try(ref, search, undefined);
    if (described) accept(described.model);
    const outcome = described && (await this.#try(ref, search, use));
    if (outcome) return outcome.value;
    throw firstFailure([ref], search);
  }

  /**
   * Lists what this isolate cannot use: versions that aliases stand for or run as a shadow, and label
   * maps.
   */
  async listBad(): Promise<(BadModel | BadLabelMap)[]> {
    const bad: (BadModel | BadLabelMap)[] = [];
    for (const entry of this.#health.list()) {
      const ref = parseVersionName(entry.model);
      if (ref && (await this.#catalog.isServing(ref))) bad.push(entry);
    }
    return [...bad, ...this.#catalog.listBadLabelMaps()];
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
    { candidates: { name, aliases }, failures }: Search,
    use: ((model: LabelledModel) => Promise<Value>) | undefined,
  ): Promise<{ readonly model: LabelledModel; readonly value: Value } | undefined> {
    const version = versionName(ref);
    // It may have been repaired in the bucket.
    if (use && this.#health.hasFailed(version)) this.#catalog.forget(ref);
    try {
      const model = await this.#catalog.describe(ref, aliases);
      if (!use) return { model, value: undefined as Value };
      const value = await use(model);
      this.#health.markGood(version);
      return { model, value };
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      failures.set(version, error);
      if (error instanceof ImageSpecificError) return undefined;
      this.#health.markBad(version, name, error);
      this.#catalog.forget(ref);
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

function firstFailure(refs: readonly VersionRef[], { failures }: Search): ModelError {
  const [failure] = refs.flatMap((ref) => failures.get(versionName(ref)) ?? []);
  return failure ?? unusableModel("An alias stands for no version.");
}
